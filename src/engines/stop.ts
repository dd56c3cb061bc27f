import {script, type Command} from '../base/command.js';
import {err, ok, type Result} from '../base/result.js';
import type {Pair, Question, StopPolicy} from './engine.js';
import type {ObservedContainer, StopSettings} from './facts.js';
import {at, numberAt, textAt} from '../base/json.js';

const names = [
  ...['HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2'],
  ...['PIPE', 'ALRM', 'TERM', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG'],
  ...['XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'IO', 'PWR', 'SYS'],
];

const real = 34;
const lastReal = 64;

/** `SIGTERM`, `TERM`, `15`, `RTMIN+3`, `RTMAX-3`; NaN for what is no signal. */
function signalNumber(text: string): number {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (/^\d{1,2}$/.test(name)) return Number(name);
  const [, end, more = '0'] = /^RT(MIN(?=\+|$)|MAX(?=-|$))(?:[+-](\d{1,2}))?$/.exec(name) ?? [];
  if (end !== undefined) return end === 'MIN' ? real + Number(more) : lastReal - Number(more);
  const place = names.indexOf(name);
  return place === -1 ? Number.NaN : place + 1;
}

/** `SIGTERM` */
export const signalName = (signal: number): string =>
  signal >= real ? `SIGRTMIN+${signal - real}` : `SIG${names[signal - 1] ?? signal}`;

const hasBit = (mask: string, signal: number): boolean =>
  (BigInt(`0x${mask}`) >> BigInt(signal - 1)) % 2n === 1n;

/** From lines of `/proc/PID/status`, by the rule that `asleep` has below. */
export function heedsStop(
  lines: readonly string[],
  signal: number,
): {readonly heedsStop?: boolean} {
  const of = (name: string): string =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const masks = ['SigBlk', 'SigIgn', 'SigCgt'].map(of);
  if (!masks.every((mask) => /^[0-9a-f]{1,16}$/.test(mask))) return {};
  const [blocks, ignores, handles] = masks.map((mask) => hasBit(mask, signal));
  if (blocks) return {heedsStop: true};
  const isFirst = /\s1$/.test(of('NSpid'));
  return {heedsStop: !ignores && (!isFirst || handles === true)};
}

/** What engines do where nothing else was asked for. */
export const usualStop: StopSettings = {signal: 15, timeoutMs: 10_000};

/** podman's and docker's inspections tell it alike; docker leaves out what is as usual, and an older podman tells a number. */
export function readStop(raw: unknown): StopSettings {
  const signal = textAt(raw, 'Config', 'StopSignal');
  const number = numberAt(raw, 'Config', 'StopSignal') || usualStop.signal;
  const timeout = at(raw, 'Config', 'StopTimeout');
  return {
    signal: signal === '' ? number : signalNumber(signal),
    timeoutMs: typeof timeout === 'number' ? Math.max(0, timeout) * 1000 : usualStop.timeoutMs,
  };
}

export const stopOf = ({stop}: Pick<ObservedContainer, 'stop'>): StopSettings => stop ?? usualStop;

/** How a stop is done: what the plan says, and else what the container was made with. */
export function stopPolicy(container: ObservedContainer, asked: StopPolicy): Required<StopPolicy> {
  const {timeoutMs} = stopOf(container);
  // Made to be killed at once, it has nothing that could be lost.
  const instant = asked.timeoutMs === undefined && timeoutMs === 0;
  return {timeoutMs: asked.timeoutMs ?? timeoutMs, then: instant ? 'kill' : asked.then};
}

/**
 * `birth PID`: when a process began, which tells it from a later one of the same number; nothing once it has ended.
 * `asleep`: whether the first process of a container would never notice the signal `$signal`. The first process of a namespace
 * ignores what it has no handler for. What it blocks it may be waiting for.
 */
const processText = `birth() { sed -n 's/^.*) \\([^ZX]\\( [^ ]*\\)\\{18\\}\\) \\([0-9]*\\) .*/\\3/p' "/proc/$1/stat" 2>/dev/null || :; }
lives() { [ "$2" = "$(birth "$1")" ]; }
in_mask() {
  mask=$(sed -n "s/^$1:[^0-9a-f]*//p" "/proc/$pid/status" 2>/dev/null)
  # In two halves, since a shell may not count to 2^64.
  half=\${mask#????????} place=$((signal - 1))
  [ "$signal" -le 32 ] || half=\${mask%????????} place=$((signal - 33))
  [ $((0x\${half:-0} >> place & 1)) = 1 ]
}
asleep() {
  ! in_mask SigBlk || return 1
  ! in_mask SigIgn || return 0
  case $(sed -n 's/^NSpid:.*[^0-9]\\([0-9]*\\)$/\\1/p' "/proc/$pid/status" 2>/dev/null) in
    1) ! in_mask SigCgt ;;
    *) return 1 ;;
  esac
}`;

/** Where it is written down that a container has been asked to end, until it has. */
const markText = 'mark=/run/cm/ending-$name';

/** How the words of an engine are; each may use `$name`, `$id` and `$signal`. */
export interface StopWords {
  readonly head?: string;
  /** Prints the number of the first process, or nothing when it does not run; one that is paused goes on first. */
  readonly pid: string;
  /** `send SIGNAL` */
  readonly send: string;
  /** Ends when the engine knows that it has ended, and has cleaned up. */
  readonly settled: string;
}

/** podman and docker have the same words for it. */
export const stopWords = (engine: 'docker' | 'podman'): StopWords => ({
  pid: `is=$(${engine} container inspect --format '{{.State.Running}} {{.State.Paused}} {{.State.Pid}}' -- "$name")
  set -- $is
  [ "$2" != true ] || ${engine} unpause -- "$name" >/dev/null
  [ "$1 $2" = 'false false' ] || echo "$3"`,
  send: `${engine} kill --signal "$1" -- "$name" >/dev/null`,
  settled: `${engine} stop --time 0 -- "$name" >/dev/null`,
});

const stopText = (words: StopWords): string => `name=$1 signal=$2 limit=$3 then=$4
${words.head ?? ''}
${markText}
${processText}
first() { ${words.pid}
}
send() { ${words.send}
}
within() {
  left=$1
  while lives "$pid" "$born"; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 0.05
  done
}
pid=$(first)
born=$([ -z "$pid" ] || birth "$pid")
how=ended
if [ -n "$born" ]; then
  mkdir -p -m 700 /run/cm
  printf '%s %s\\n' "$pid" "$born" > "$mark"
  if asleep; then
    how=unheard
    send 9 || :
  elif [ "$limit" -gt 0 ] || [ "$then" = abort ]; then
    send "$signal" || ! lives "$pid" "$born"
    if ! within "$limit"; then
      if [ "$then" = abort ]; then echo late; exit 0; fi
      how=killed
      send 9 || :
    fi
  else
    how=killed
    send 9 || :
  fi
  within 1200 || { echo "$name does not end" >&2; exit 70; }
fi
${words.settled}
rm -f "$mark"
echo "$how"`;

const graceMs = 600_000;

/**
 * Before a container is started: one that has been asked to end is waited for, since it would be started never again
 * otherwise. It is killed when it has not ended for ten minutes, which is the only way back then.
 */
export const untilEnded = (ms = graceMs): string => `${markText}
if [ -e "$mark" ]; then
  ${processText.replaceAll('\n', '\n  ')}
  read -r pid born < "$mark" || :
  left=${Math.ceil(ms / 200)}
  while [ -n "$born" ] && lives "$pid" "$born"; do
    [ "$left" -gt 0 ] || kill -s KILL "$pid" || :
    left=$((left - 1))
    sleep 0.2
  done
  rm -f "$mark"
fi`;

function judge(
  stdout: string,
  container: ObservedContainer,
  {timeoutMs}: StopPolicy,
): Result<string, string> {
  const signal = signalName(stopOf(container).signal);
  const limit = `${(timeoutMs ?? 0) / 1000}s`;
  const how = stdout.trim().split('\n').at(-1) ?? '';
  const good: Readonly<Record<string, string>> = {
    ended: 'it ended by itself',
    unheard: `killed at once: its first process does not handle ${signal}`,
    killed: `killed after ${limit}`,
  };
  if (Object.hasOwn(good, how)) return ok(good[how] ?? '');
  return err(
    how === 'late'
      ? `"${container.name}" did not end within ${limit} of ${signal}; it was not killed, since it may be writing what it holds`
      : `the answer is cut off: "${stdout.slice(-60)}"`,
  );
}

const dayMs = 86_400_000;

/** As the plan says; what this run has started itself is killed where it does not end. */
export function stopWith(
  words: StopWords,
  title: string,
  {container, stop}: Pick<Pair, 'container' | 'stop'>,
  more: readonly string[] = [],
): {readonly stop: Question; readonly halt: Command} {
  const asking = ({timeoutMs, then}: Required<StopPolicy>): Command => ({
    ...script(
      title,
      stopText(words),
      ...[container.name, `${stopOf(container).signal}`, `${Math.ceil(timeoutMs / 50)}`, then],
      ...more,
    ),
    timeoutMs: dayMs,
  });
  const asked = stopPolicy(container, stop ?? {then: 'abort'});
  return {
    stop: {command: asking(asked), read: (stdout) => judge(stdout, container, asked)},
    halt: asking(stopPolicy(container, {then: 'kill'})),
  };
}
