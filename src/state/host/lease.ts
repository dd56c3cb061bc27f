import {command, script, shown, type Command} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Output} from '../../hosts/transport.js';
import {encodeName} from './host-files.js';
import {LEASE_EXPIRY_SECONDS, leaseLine, readLease, type LeaseText} from './lease-record.js';
import {
  acquireScript,
  drainScript,
  guardScript,
  heartbeatScript,
  releaseScript,
  unlockScript,
} from './lease-scripts.js';
import type {LeaseRecord} from './observed.js';

/** Seconds that a guarded command waits for one of the same container that has not ended. */
const BUSY_SECONDS = 60;

/** Seconds that a new holder waits for what a dead runner left running; dumps of large containers take minutes. */
const DRAIN_SECONDS = 600;

/** What became of the wish for a lease. `busy`: something still runs that an earlier holder sent. */
export type Acquired =
  | {readonly kind: 'taken'; readonly busy?: true}
  /** It had expired, and was this one's. */
  | {readonly kind: 'over'; readonly from: LeaseRecord}
  | {readonly kind: 'held'; readonly by: LeaseRecord};

/**
 * Takes a lease unless somebody else has it; taking it again is a heartbeat. The lease of the run `ended`
 * is taken over at once. Read with `readAcquired`.
 */
export const acquire = (text: LeaseText, ended = ''): Command => ({
  ...script(
    `lease ${text.name}`,
    acquireScript,
    encodeName(text.name),
    text.run,
    leaseLine(text),
    String(LEASE_EXPIRY_SECONDS),
    ended,
  ),
  timeoutMs: 60_000,
});

export function readAcquired(name: string, stdout: string): Result<Acquired, string> {
  const [word, age = '', line = ''] = stdout.trim().split('\t');
  if (word === 'taken') return ok({kind: 'taken', ...(age === 'busy' && {busy: true})});
  const record = readLease(encodeName(name), line, Number.parseInt(age, 10) || 0);
  if (word === 'held') return ok({kind: 'held', by: record});
  if (word === 'over') return ok({kind: 'over', from: record});
  return err(`not the answer of a lease: "${stdout.slice(0, 60)}"`);
}

/** Waits for commands that a dead runner left behind; exits 98 when they do not end. */
export const drain = (name: string, seconds = DRAIN_SECONDS): Command => ({
  ...script(`wait for what runs of ${name}`, drainScript, encodeName(name), String(seconds)),
  timeoutMs: (seconds + 30) * 1000,
});

/** Keeps leases of this run alive. Read with `readHeartbeat`. */
export const heartbeat = (run: string, names: readonly string[]): Command => ({
  ...script('lease heartbeat', heartbeatScript, run, ...names.map(encodeName)),
  timeoutMs: 60_000,
});

/** Which of the names are not this run's any more. */
export function readHeartbeat(names: readonly string[], stdout: string): readonly string[] {
  const lost = new Set(stdout.split('\n'));
  return names.filter((name) => lost.has(encodeName(name)));
}

/** Gives a lease back; one that is somebody else's by now is left alone. */
export const release = (name: string, run: string): Command => ({
  ...script(`release ${name}`, releaseScript, encodeName(name), run),
  timeoutMs: 60_000,
});

/** Takes a lease away from `run`, or from whoever holds it. Read with `readUnlocked`. */
export const unlock = (name: string, run?: string): Command => ({
  ...script(`unlock ${name}`, unlockScript, encodeName(name), run ?? ''),
  timeoutMs: 60_000,
});

export type Unlocked =
  | {readonly kind: 'free'}
  | {readonly kind: 'unlocked'; readonly was: LeaseRecord}
  /** Held by another run than the one that was named. */
  | {readonly kind: 'other'; readonly by: LeaseRecord};

export function readUnlocked(name: string, stdout: string): Result<Unlocked, string> {
  const [word, , line = ''] = stdout.trim().split('\t');
  if (word === 'free') return ok({kind: 'free'});
  const record = readLease(encodeName(name), line, 0);
  if (word === 'unlocked') return ok({kind: 'unlocked', was: record});
  if (word === 'other') return ok({kind: 'other', by: record});
  return err(`not the answer of unlock: "${stdout.slice(0, 60)}"`);
}

/**
 * The same command, which on the host waits for one of the same container that still runs, and then
 * runs only while the lease is this run's, and no command of the run with a higher `order` has run
 * there. Read failures of it with `guardProblem`.
 */
export function guard(
  wrapped: Command,
  lease: {readonly name: string; readonly run: string; readonly order?: number},
): Command {
  const {name, run, order = 0} = lease;
  const seconds = String(BUSY_SECONDS);
  const words = ['cm', encodeName(name), run, seconds, String(order), ...wrapped.argv];
  return {
    ...wrapped,
    ...command('sh', '-euc', guardScript, ...words),
    title: shown(wrapped),
    ...(wrapped.timeoutMs !== undefined && {timeoutMs: wrapped.timeoutMs + BUSY_SECONDS * 1000}),
  };
}

/** Whether a guarded command did not run at all, and why. */
export function guardProblem(host: string, name: string, output: Output): Problem | undefined {
  const {code, stderr} = output;
  if (code === 97 && stderr.includes('@@cm restarted'))
    return {
      kind: 'locked',
      code: 'lease-forgotten',
      host,
      container: name,
      message: `"${host}" was restarted, and has forgotten the lease of "${name}"`,
      remedy: 'apply again: nothing was run on the host without it',
    };
  if (code === 97 && stderr.includes('@@cm lease-lost'))
    return {
      kind: 'locked',
      code: 'lease-lost',
      host,
      container: name,
      message: `the lease of "${name}" on "${host}" is not this run's any more`,
      remedy: 'see with "cm status" who has it; nothing was run on the host without it',
    };
  if (code === 97 && stderr.includes('@@cm too-late'))
    return {
      kind: 'step',
      code: 'too-late',
      host,
      container: name,
      message: `a command for "${name}" reached "${host}" after a later one of the same run; it was not run`,
      remedy: 'apply again: it looks at both hosts, and finishes or undoes the move',
    };
  if (code === 98)
    return {
      kind: 'locked',
      code: 'busy',
      host,
      container: name,
      message: `another command for "${name}" still runs on "${host}"`,
      remedy: 'wait until it has ended and apply again',
    };
  return undefined;
}
