import {script, type Command} from './command.js';

/**
 * Commands one after the other, as one; the first that fails ends it. Only their numbers of words become
 * part of what the shell evaluates. None of them may want an input of its own.
 */
export function inTurn(title: string, ...commands: readonly Command[]): Command {
  const words = commands.flatMap(({argv}) => [String(argv.length), ...argv]);
  const patience = commands.map(({timeoutMs = 600_000}) => timeoutMs);
  return {
    ...script(title, inTurnText, ...words),
    timeoutMs: patience.reduce((sum, each) => sum + each, 0),
  };
}

const inTurnText = `while [ $# -gt 0 ]; do
  count=$1 words= number=1
  shift
  while [ "$number" -le "$count" ]; do
    words="$words \\"\\\${$number}\\""
    number=$((number + 1))
  done
  eval "$words"
  shift "$count"
done`;

const rest = ({timeoutMs}: Command): Pick<Command, 'timeoutMs'> =>
  timeoutMs === undefined ? {} : {timeoutMs};

/** What it prints goes into a file that nobody else may read; `note` is written when it begins: ms since the epoch. */
export const into = (file: string, taken: Command, note: string): Command => ({
  ...script(taken.title ?? '', intoText, file, note, ...taken.argv),
  ...rest(taken),
});

const intoText = `file=$1 note=$2
shift 2
umask 077
date +%s%3N > "$note"
"$@" > "$file"`;

/** It gets a file on its standard input. */
export const fedFrom = (file: string, fed: Command): Command => ({
  ...script(fed.title ?? '', 'file=$1; shift; exec "$@" < "$file"', file, ...fed.argv),
  ...rest(fed),
});

/** When it has ended well, `note` is written: ms since the epoch. */
export const noted = (done: Command, note: string): Command => ({
  ...script(
    done.title ?? '',
    'note=$1; shift; "$@"; umask 077; date +%s%3N > "$note"',
    note,
    ...done.argv,
  ),
  ...rest(done),
});

const withVariablesText = `while read -r name coded; do
  value=$(printf %s "$coded" | base64 -d; echo x)
  export "$name=\${value%x}"
done
exec "$@" </dev/null`;

const utf8 = new TextEncoder();

const base64 = (text: string): string =>
  btoa(Array.from(utf8.encode(text), (byte) => String.fromCharCode(byte)).join(''));

/**
 * A program with these variables, whose values stand on no command line: every user of a host can read those. They come
 * as its input, so it has none of its own.
 */
export function withVariables(run: Command, variables: Readonly<Record<string, string>>): Command {
  const entries = Object.entries(variables);
  if (entries.length === 0) return run;
  return {
    ...script(run.title ?? run.argv.join(' '), withVariablesText, ...run.argv),
    ...rest(run),
    stdin: entries.map(([name, value]) => `${name} ${base64(value)}\n`).join(''),
  };
}
