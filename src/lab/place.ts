import {statfs} from 'node:fs/promises';
import {dirname, isAbsolute, join} from 'node:path';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';

/** What the caller knows of the machine; this layer does not look at its own process. */
export interface Machine {
  readonly platform: string;
  readonly uid: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where labs live on this machine. */
export interface LabPlace {
  readonly platform: string;
  readonly uid: number | undefined;
  /** A folder for each lab. */
  readonly stateRoot: string;
  /** A folder for each recipe of a root filesystem, shared by all labs. */
  readonly cacheRoot: string;
  /** One for the whole machine: bridges and subnets are the machine's, whoever's state they stand in. */
  readonly lockFile: string;
}

/** Told what is going on, one line at a time. */
export type Say = (line: string) => void;

/** Follows the XDG base directories; a relative path in them is ignored, as the specification says. */
export function labPlace({platform, uid, env}: Machine): Result<LabPlace, Problem> {
  const home = env['HOME'];
  const base = (name: string, fallback: string): string | undefined => {
    const given = env[name];
    if (given !== undefined && isAbsolute(given)) return given;
    return home === undefined || home === '' ? undefined : join(home, fallback);
  };
  const state = base('XDG_STATE_HOME', '.local/state');
  const cache = base('XDG_CACHE_HOME', '.cache');
  if (state === undefined || cache === undefined) {
    return err({
      kind: 'preflight',
      code: 'no-home',
      message: 'there is no folder to keep a lab in: HOME is not set',
      remedy: 'set HOME, or XDG_STATE_HOME and XDG_CACHE_HOME',
    });
  }
  return ok({
    platform,
    uid,
    stateRoot: join(state, 'cm', 'lab'),
    cacheRoot: join(cache, 'cm', 'lab'),
    lockFile: '/run/lock/cm-lab.lock',
  });
}

/** Namespaces, bridges and overlay mounts need Linux and root; said before anything is touched. */
export function checkMachine({platform, uid}: LabPlace): Result<void, Problem> {
  if (platform !== 'linux') {
    return err({
      kind: 'preflight',
      code: 'lab-needs-linux',
      message: `the lab's hosts are made of Linux namespaces, and this machine runs "${platform}"`,
      remedy: 'run it on a Linux machine or in a virtual machine',
    });
  }
  if (uid === 0) return ok(undefined);
  return err({
    kind: 'preflight',
    code: 'lab-needs-root',
    message: 'only root can make namespaces, bridges and mounts for the lab',
    remedy: 'run it again with sudo',
  });
}

/** `bytes` are to be free where `folder` is or will be. */
export async function checkSpace(folder: string, bytes: number): Promise<Result<void, Problem>> {
  for (let at = folder; ; at = dirname(at)) {
    const stats = await statfs(at).catch(() => undefined);
    if (stats === undefined && dirname(at) !== at) continue;
    const free = stats === undefined ? 0 : stats.bavail * stats.bsize;
    if (free >= bytes) return ok(undefined);
    const mib = (n: number): string => `${Math.floor(n / 2 ** 20)} MiB`;
    return err({
      kind: 'preflight',
      code: 'no-space',
      message: `"${folder}" has ${mib(free)} of free space and the lab needs ${mib(bytes)}`,
      remedy: 'make room, or point XDG_CACHE_HOME and XDG_STATE_HOME to another disk',
    });
  }
}
