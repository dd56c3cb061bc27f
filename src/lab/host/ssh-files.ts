import {chmod, copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {exists} from '../image/build.js';
import {
  addressOf,
  hostFolder,
  keyOf,
  knownHostsOf,
  type Lab,
  type LabHost,
  sshConfigOf,
} from '../lab-state.js';
import {hostNames} from '../names.js';
import {mustRun} from '../image/tool.js';

const hostKey = 'ssh_host_ed25519_key';
const hostKeyIn = (lab: Lab, {name}: LabHost): string => join(hostFolder(lab, name), hostKey);

/**
 * The keys of the lab and of each host, made before a host first starts, so that what is handed out can
 * be strict from the first connection on; and the files that `ssh -F` needs.
 */
export async function writeSshFiles(lab: Lab): Promise<Result<void, Problem>> {
  const own = await makeKey(keyOf(lab), `cm-lab ${lab.name}`);
  if (!own.ok) return own;
  for (const host of lab.hosts) {
    await mkdir(hostFolder(lab, host.name), {recursive: true, mode: 0o700});
    const made = await makeKey(hostKeyIn(lab, host), `${host.name} of cm-lab ${lab.name}`);
    if (!made.ok) return made;
    await furnish(lab, host);
  }
  const known = await Promise.all(
    lab.hosts.map(async (host) => {
      const [type = '', key = ''] = (await readFile(`${hostKeyIn(lab, host)}.pub`, 'utf8')).split(
        ' ',
      );
      return `${addressOf(lab, host)},${host.name} ${type} ${key}\n`;
    }),
  );
  await writeFile(knownHostsOf(lab), known.join(''), {mode: 0o600});
  await writeFile(sshConfigOf(lab), sshConfigText(lab), {mode: 0o600});
  return ok(undefined);
}

async function makeKey(file: string, comment: string): Promise<Result<void, Problem>> {
  if (await exists(`${file}.pub`)) return ok(undefined);
  const made = await mustRun(
    ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file],
    {
      input: 'y\n', // half a pair, left by a crash, is made again
    },
  );
  return made.ok ? ok(undefined) : err(made.error);
}

/** Puts into the host's writable layer what makes it this host and no other. */
async function furnish(lab: Lab, host: LabHost): Promise<void> {
  const upper = join(hostFolder(lab, host.name), 'up');
  if (await exists(join(upper, 'etc/machine-id'))) return;
  for (const [folder, mode] of [
    ['', 0o755],
    ['etc', 0o755],
    ['etc/ssh', 0o755],
    ['root', 0o700],
    ['root/.ssh', 0o700],
  ] as const) {
    await mkdir(join(upper, folder), {recursive: true});
    await chmod(join(upper, folder), mode);
  }
  const copies = [
    [hostKeyIn(lab, host), `etc/ssh/${hostKey}`, 0o600],
    [`${hostKeyIn(lab, host)}.pub`, `etc/ssh/${hostKey}.pub`, 0o644],
    [`${keyOf(lab)}.pub`, 'root/.ssh/authorized_keys', 0o600],
  ] as const;
  for (const [from, to, mode] of copies) {
    await copyFile(from, join(upper, to));
    await chmod(join(upper, to), mode);
  }
  const {machineId} = hostNames(lab.name, host.name);
  await writeFile(join(upper, 'etc/machine-id'), `${machineId}\n`, {mode: 0o444});
}

/** For `ssh -F`: names, root's key and strict checking, and nothing of the user's own files. */
export function sshConfigText(lab: Lab): string {
  const quoted = (path: string): string => `"${path}"`;
  const hosts = lab.hosts.map(
    (host) => `Host ${host.name} ${addressOf(lab, host)}\n  HostName ${addressOf(lab, host)}\n`,
  );
  return [
    ...hosts,
    'Host *',
    '  User root',
    `  IdentityFile ${quoted(keyOf(lab))}`,
    '  IdentitiesOnly yes',
    `  UserKnownHostsFile ${quoted(knownHostsOf(lab))}`,
    '  GlobalKnownHostsFile none',
    '  StrictHostKeyChecking yes',
    '  UpdateHostKeys no',
    '  ConnectTimeout 30',
    '',
  ].join('\n');
}

/** The `hosts:` of a plan about this lab. */
export function hostsBlock(lab: Lab): string {
  const config = JSON.stringify(sshConfigOf(lab));
  const path = /^[\w./-]+$/.test(sshConfigOf(lab)) ? sshConfigOf(lab) : config;
  const lines = lab.hosts.map(
    (host) => `  ${host.name}: {address: root@${addressOf(lab, host)}, ssh: {config: ${path}}}\n`,
  );
  return `hosts:\n${lines.join('')}`;
}
