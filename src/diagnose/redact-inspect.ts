import {gone} from './redact.js';

/** A variable of an environment. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What an engine says of a container, without the values of its environment. */
export interface Inspected {
  readonly json: unknown;
  /** The values that were taken out. */
  readonly variables: readonly Variable[];
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** `NAME=value`, of which the value goes. */
function hide(text: string, found: Variable[]): string {
  const [name = '', ...value] = text.split('=');
  if (value.length === 0) return text;
  found.push({name, value: value.join('=')});
  return `${name}=${gone}`;
}

/** The words of a command line: the one after `--env` or `-e`, or what is joined to it. */
function hideWords(words: readonly unknown[], found: Variable[]): readonly unknown[] {
  let next = false;
  return words.map((word) => {
    if (!isText(word)) return word;
    const now = next;
    next = word === '--env' || word === '-e';
    if (now) return hide(word, found);
    const joined = /^(?<flag>--env=|-e)(?<rest>[A-Za-z_][^=]*=[\s\S]*)$/u.exec(word)?.groups;
    return joined ? `${joined['flag'] ?? ''}${hide(joined['rest'] ?? '', found)}` : word;
  });
}

/** `Env` and `Environment`, as a list of `NAME=value` or as an object of values. */
function hideEnvironment(value: unknown, found: Variable[]): unknown {
  if (Array.isArray(value))
    return value.map((each: unknown) => (isText(each) ? hide(each, found) : each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      found.push({name, value: String(each)});
      return [name, gone];
    }),
  );
}

function walk(value: unknown, found: Variable[]): unknown {
  if (Array.isArray(value)) return hideWords(value, found).map((each) => walk(each, found));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      /^env(?:ironment)?$/iu.test(key) ? hideEnvironment(each, found) : walk(each, found),
    ]),
  );
}

/** Reads what `inspect` printed; undefined when it is no JSON, and so cannot be trusted to be clean. */
export function redactInspect(text: string): Inspected | undefined {
  const variables: Variable[] = [];
  try {
    const value: unknown = JSON.parse(text);
    return {json: walk(value, variables), variables};
  } catch {
    return undefined;
  }
}

/** Variables that images set, and whose values stand everywhere: blanked in the environment only. */
const ordinary =
  /^(?:PATH|HOME|HOSTNAME|TERM|LANG|LANGUAGE|LC_\w+|TZ|PWD|OLDPWD|SHLVL|USER|LOGNAME|SHELL|container|DEBIAN_FRONTEND|\w*_?VERSION|\w*_SHA(?:256|512)|GPG_KEYS?)$/u;

const secretName = /pass|secret|token|key|credential|auth|private|pwd/iu;

/** The value could be found in other places, and does harm there. */
function isTelling({name, value}: Variable): boolean {
  if (secretName.test(name) && value.length >= 4 && !/^\/[\w./-]+$/u.test(value)) return true;
  if (ordinary.test(name) || value.length < 6) return false;
  return !/^(?:\/[\w./:-]*|\d{1,10}|true|false|[\d.]+)$/u.test(value);
}

/** Values of environments that must stand nowhere else either. */
export const secretsOf = (variables: readonly Variable[]): readonly string[] =>
  variables.filter(isTelling).map(({value}) => value);
