import {gone} from './hide.js';

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

/** Labels of tools, which say what belongs together; the values of all others are somebody's own. */
const ordinaryLabel =
  /^(?:com\.docker\.compose\.|io\.podman\.|io\.buildah\.|io\.containers\.|org\.opencontainers\.image\.|PODMAN_|maintainer$)/u;

/** `name=value`, unless it is a label of a tool. */
const hideLabel = (text: string, found: Variable[]): string =>
  ordinaryLabel.test(text) ? text : hide(text, found);

const hideAll = (text: string): string => (text === '' ? text : gone);

type Hide = (text: string, found: Variable[]) => string;

/** Flags of an engine, and what of their value goes. */
const flags: readonly (readonly [RegExp, Hide])[] = [
  [/^(?:--env|-[A-Za-z]*e)$/u, hide],
  [/^(?:--label|-[A-Za-z]*l|--annotation)$/u, hideLabel],
  [/^--(?:health-cmd|health-startup-cmd)$/u, hideAll],
];

/** The same in one word: `--env=A=b`, `-eA=b`, `-iteA=b`. */
const joinedFlags: readonly (readonly [RegExp, Hide])[] = [
  [/^(--env=|-[A-Za-z]*?e)([A-Za-z_][^=]*=[\s\S]*)$/u, hide],
  [/^(--(?:label|annotation)=|-[A-Za-z]*?l)([A-Za-z_][^=]*=[\s\S]*)$/u, hideLabel],
  [/^(--(?:health-cmd|health-startup-cmd)=)([\s\S]*)$/u, hideAll],
];

function hideJoined(word: string, found: Variable[]): string {
  for (const [joined, hideValue] of joinedFlags) {
    const [, flag, value] = joined.exec(word) ?? [];
    if (flag !== undefined && value !== undefined) return `${flag}${hideValue(value, found)}`;
  }
  return word;
}

/** The words of a command line: the values of environment, labels and health commands. */
function hideWords(words: readonly unknown[], found: Variable[]): readonly unknown[] {
  let next: Hide | undefined;
  return words.map((word) => {
    if (!isText(word)) return word;
    const now = next;
    next = now ? undefined : flags.find(([flag]) => flag.test(word))?.[1];
    return now ? now(word, found) : hideJoined(word, found);
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

function hideLabels(value: unknown, found: Variable[]): unknown {
  if (Array.isArray(value))
    return value.map((each: unknown) => (isText(each) ? hideLabel(each, found) : each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]: [string, unknown]) => {
      if (ordinaryLabel.test(name)) return [name, each];
      found.push({name, value: String(each)});
      return [name, gone];
    }),
  );
}

/** A command that asks after the container's health, whose first word says only how it is run. */
function hideHealth(value: unknown): unknown {
  if (isText(value)) return hideAll(value);
  if (!Array.isArray(value)) return value;
  return value.map((each: unknown, index) =>
    isText(each) && (index > 0 || !/^(?:NONE|CMD(?:-SHELL)?)$/u.test(each)) ? gone : each,
  );
}

/** What is inside of a health check: its command, and what it printed. */
const hideHealthchecks = (value: unknown, found: Variable[]): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? hideHealth(value)
    : Object.fromEntries(
        Object.entries(value).map(([key, each]: [string, unknown]) => [
          key,
          /^(?:test|cmd|command)$/iu.test(key) ? hideHealth(each) : walk(each, found),
        ]),
      );

/** Fields whose values are somebody's own, wherever they stand. */
const fields: readonly (readonly [RegExp, (value: unknown, found: Variable[]) => unknown])[] = [
  [/^env(?:ironment)?$/iu, hideEnvironment],
  [/^(?:labels|annotations)$/iu, hideLabels],
  [/^(?:startup)?health(?:check|config)?$/iu, hideHealthchecks],
];

function walk(value: unknown, found: Variable[]): unknown {
  if (Array.isArray(value)) return hideWords(value, found).map((each) => walk(each, found));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => {
      const hideField = fields.find(([name]) => name.test(key))?.[1] ?? walk;
      return [key, hideField(each, found)];
    }),
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
