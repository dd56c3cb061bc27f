import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import type {HostsEnv} from '../../src/hosts/ssh/config.js';
import type {Host} from '../../src/plan/plan.js';
import {until} from '../rig/limits.js';

/** Why a real sshd cannot be had here; with CI set that is a failure, not a reason to skip. */
export function noSshd(): string | undefined {
  const reason =
    process.platform !== 'linux'
      ? 'not Linux'
      : process.getuid?.() !== 0
        ? 'not root'
        : !existsSync('/usr/sbin/sshd')
          ? 'no /usr/sbin/sshd (package openssh-server)'
          : !existsSync('/usr/bin/rsync')
            ? 'no rsync'
            : undefined;
  if (reason === undefined) return undefined;
  if (process.env['CI'] !== undefined && process.env['CI'] !== '')
    throw new Error(`these tests must run in CI: ${reason}`);
  console.log(`tests with a real sshd are skipped: ${reason}`);
  return reason;
}

export interface Sshd {
  readonly port: number;
  readonly folder: string;
  readonly host: (name: string) => Host;
  readonly env: HostsEnv;
  /** The file that sshd reads keys from. */
  readonly authorizedKeys: string;
  readonly identity: string;
  readonly log: () => string;
  readonly close: () => void;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface SshdOptions {
  /** Login shell of root, for this sshd alone. */
  readonly shell?: string;
  /** Files of root's home folder, for this sshd alone. */
  readonly home?: Readonly<Record<string, string>>;
}

/** In a mount namespace in which root has another shell and another home folder. */
function asOtherRoot(folder: string, {shell, home = {}}: SshdOptions): readonly string[] {
  if (shell === undefined) return [];
  for (const [name, text] of Object.entries({'.keep': '', ...home})) {
    mkdirSync(dirname(join(folder, 'home', name)), {recursive: true});
    writeFileSync(join(folder, 'home', name), text);
  }
  const passwd = readFileSync('/etc/passwd', 'utf8').replace(
    /^root:.*$/m,
    `root:x:0:0:root:${folder}/home:${shell}`,
  );
  writeFileSync(join(folder, 'passwd'), passwd);
  const text = 'mount --bind "$1" /etc/passwd; shift; exec "$@"';
  return ['unshare', '--mount', 'sh', '-ec', text, 'cm', join(folder, 'passwd')];
}

/** sshd as it is installed, with a folder of its own for keys, configuration and log. */
export async function startSshd(extra = '', options: SshdOptions = {}): Promise<Sshd> {
  // Not below /tmp itself: sshd (StrictModes) refuses keys in folders that others may write to.
  const folder = mkdtempSync(join(tmpdir(), 'cm-sshd-'));
  mkdirSync('/run/sshd', {recursive: true});
  const keygen = (name: string, type: string): string => {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', join(folder, name)]);
    return readFileSync(join(folder, `${name}.pub`), 'utf8');
  };
  const hostKey = keygen('host', 'ed25519').split(' ').slice(0, 2).join(' ');
  keygen('host_rsa', 'rsa');
  const mine = keygen('id', 'ed25519');
  const port = await freePort();
  const [authorizedKeys, log, knownHosts, config] = [
    'authorized_keys',
    'log',
    'known_hosts',
    'ssh_config',
  ].map((name) => join(folder, name)) as [string, string, string, string];
  writeFileSync(authorizedKeys, mine, {mode: 0o600});
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(config, 'GlobalKnownHostsFile none\n');
  writeFileSync(
    join(folder, 'sshd_config'),
    `ListenAddress 127.0.0.1\nPort ${port}\nHostKey ${folder}/host\nHostKey ${folder}/host_rsa\nPidFile none\n` +
      `AuthorizedKeysFile ${authorizedKeys}\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n` +
      `StrictModes no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\nLogLevel VERBOSE\n${extra}\n`,
  );
  const [program = '', ...words] = [
    ...asOtherRoot(folder, options),
    ...['/usr/sbin/sshd', '-D', '-f', join(folder, 'sshd_config'), '-E', log],
  ];
  const child: ChildProcess = spawn(program, words, {stdio: 'ignore'});
  const readLog = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  await until(() => readLog().includes('Server listening'));
  return {
    port,
    folder,
    authorizedKeys,
    identity: join(folder, 'id'),
    host: (name) => ({
      name,
      address: `root@127.0.0.1:${port}`,
      labels: {},
      ssh: {config, identity: join(folder, 'id'), knownHosts},
    }),
    env: {
      variables: {PATH: process.env['PATH'] ?? ''},
      home: folder,
      user: 'root',
    },
    log: readLog,
    close: () => {
      child.kill();
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
