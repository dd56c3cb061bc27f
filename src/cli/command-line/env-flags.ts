import {
  InvalidArgumentError,
  type CommandUnknownOpts,
  type Option,
} from '@commander-js/extra-typings';

export type Env = Readonly<Record<string, string | undefined>>;

const yes = ['1', 'true', 'yes', 'on'];
const no = ['0', 'false', 'no', 'off'];

/** `--lock-wait` is `CM_LOCK_WAIT`. */
export const envName = (option: Option): string =>
  `CM_${option.name().replaceAll('-', '_').toUpperCase()}`;

function readBoolean(text: string): boolean {
  const word = text.toLowerCase();
  if (yes.includes(word)) return true;
  if (no.includes(word)) return false;
  throw new InvalidArgumentError('use 1 or 0');
}

function readValue(option: Option, text: string): unknown {
  if (option.isBoolean()) return readBoolean(text);
  const parse = option.parseArg;
  if (!parse) return text;
  const repeatable = Array.isArray(option.defaultValue);
  if (!repeatable) return parse<unknown>(text, undefined);
  return text
    .split(',')
    .filter((part) => part !== '')
    .reduce<unknown>((sum, part) => parse(part, sum), option.defaultValue);
}

/**
 * Flags that were not given on the command line, from the environment. Commander's own way of doing
 * this reads the process, which only main.ts may.
 */
export function applyEnv(command: CommandUnknownOpts, env: Env): void {
  for (const option of command.options) {
    const name = envName(option);
    const text = env[name];
    const key = option.attributeName();
    const source = command.getOptionValueSource(key);
    if (text === undefined || text === '' || option.negate) continue;
    if (source !== undefined && source !== 'default') continue;
    try {
      command.setOptionValueWithSource(key, readValue(option, text), 'env');
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      command.error(
        `error: ${name} is "${text}", which ${option.long ?? name} does not take; ${error.message}`,
        {exitCode: 64, code: 'cm.env'},
      );
    }
  }
}
