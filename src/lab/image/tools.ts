import {access, constants} from 'node:fs/promises';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Say} from '../place.js';
import {mustRun} from './tool.js';

/** The programs of this machine that a lab uses, and the Debian packages that hold them. */
const packages = {
  ip: ['iproute2'],
  ssh: ['openssh-client'],
  'ssh-keygen': ['openssh-client'],
  unshare: ['util-linux'],
  nsenter: ['util-linux'],
  flock: ['util-linux'],
  mount: ['mount'],
  tar: ['tar'],
  'mkfs.ext4': ['e2fsprogs'],
  mmdebstrap: ['mmdebstrap', 'debian-archive-keyring'],
} as const;

export type Tool = keyof typeof packages;

const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

async function installed(tool: Tool): Promise<boolean> {
  const tries = folders.map((folder) => access(`${folder}/${tool}`, constants.X_OK));
  return (await Promise.allSettled(tries)).some(({status}) => status === 'fulfilled');
}

/** Installs by apt what is missing. */
export async function ensureTools(
  tools: readonly Tool[],
  say: Say,
): Promise<Result<void, Problem>> {
  const there = await Promise.all(tools.map(installed));
  const missing = tools.filter((_, i) => there[i] !== true);
  if (missing.length === 0) return ok(undefined);
  const wanted = [...new Set(missing.flatMap((tool) => packages[tool]))];
  say(`installing ${wanted.join(', ')}`);
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=120', '-qy'] as const;
  const env = {DEBIAN_FRONTEND: 'noninteractive'};
  const updated = await mustRun([...apt, 'update'], {env, timeoutMs: 300_000});
  const done = updated.ok
    ? await mustRun([...apt, 'install', '--no-install-recommends', ...wanted], {
        env,
        timeoutMs: 600_000,
      })
    : updated;
  if (done.ok) return ok(undefined);
  return err({
    ...done.error,
    kind: 'preflight',
    code: 'tool-missing',
    message: `the lab needs "${missing.join('", "')}" and could not install it`,
    remedy: `install ${wanted.join(', ')} by hand`,
  });
}
