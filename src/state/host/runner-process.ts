import {createHash} from 'node:crypto';
import {readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';

/** The process that holds a lease, in terms that only its own machine can resolve. */
export interface RunnerProcess {
  /** Digest of machine, boot and namespaces. Pid and start time have a meaning only where it is the same. */
  readonly scope: string;
  readonly pid: number;
  /** Clock ticks from the boot to the start of the process, as /proc/PID/stat has it. */
  readonly start: string;
}

/** This process, and whether another one has ended. */
export interface ProcessTable {
  /** Absent where it cannot be told without doubt. */
  readonly self?: RunnerProcess;
  /** Only true when the process ran on this machine, since this boot, and has certainly ended. */
  readonly hasEnded: (other: RunnerProcess) => boolean;
}

export interface ProcessTableOptions {
  readonly pid: number;
  /** Whether the kernel knows the process, as `kill -0` says; unlike /proc, it is not subject to hidepid. */
  readonly exists: (pid: number) => boolean;
  /** For tests. */
  readonly root?: string;
}

interface Stat {
  readonly pid: number;
  readonly state: string;
  readonly threads: number;
  readonly start: string;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The program's name is in parentheses and may hold anything, so fields are counted from the last `)`. */
function readStat(text: string): Stat | undefined {
  const pid = /^(\d+) \(/.exec(text)?.[1];
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [threads, start] = [fields[16], fields[18]];
  if (pid === undefined || state === undefined || !start || !/^\d+$/.test(start)) return undefined;
  return {pid: Number(pid), state, threads: Number(threads), start};
}

/**
 * The machine ID must not leave its machine, so what identifies it is sent as a digest. A time namespace
 * shifts the start times that are read in it.
 */
function scopeOf(root: string): string | undefined {
  const text = (path: string) => attempt(() => readFileSync(join(root, path), 'utf8').trim());
  const link = (path: string) => attempt(() => readlinkSync(join(root, path)));
  const boot = text('proc/sys/kernel/random/boot_id');
  const pids = link('proc/self/ns/pid');
  if (!boot || !pids) return undefined;
  const parts = [text('etc/machine-id') ?? '', boot, pids, link('proc/self/ns/time') ?? ''];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

export function processTable({pid, exists, root = '/'}: ProcessTableOptions): ProcessTable {
  const stat = (which: string) =>
    attempt(() => readStat(readFileSync(join(root, 'proc', which, 'stat'), 'utf8')));
  const scope = scopeOf(root);
  const own = stat('self');
  // In a pid namespace that still sees its parent's /proc, the numbers there are those of others.
  if (scope === undefined || own?.pid !== pid) return {hasEnded: () => false};
  return {
    self: {scope, pid, start: own.start},
    hasEnded: (other) => {
      if (other.scope !== scope) return false;
      if (!exists(other.pid)) return true;
      const now = stat(String(other.pid));
      if (now === undefined) return false;
      const zombie = now.state === 'Z' && now.threads <= 1;
      return zombie || now.start !== other.start;
    },
  };
}

/** A process as a lease names it; what is not of that form identifies none. */
export function readRunnerProcess(value: unknown): RunnerProcess | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const {scope, pid, start} = value as Readonly<Record<string, unknown>>;
  if (typeof scope !== 'string' || !/^[0-9a-f]{32}$/.test(scope)) return undefined;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  if (typeof start !== 'string' || !/^\d{1,20}$/.test(start)) return undefined;
  return {scope, pid, start};
}
