import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Connection, ParsedKey, ServerChannel, Session} from 'ssh2';
import ssh2 from 'ssh2';
import type {Host} from '../../src/plan/plan.js';
import type {HostsEnv} from '../../src/hosts/ssh/config.js';

const {Server, utils} = ssh2;

export interface Loopback {
  readonly port: number;
  readonly folder: string;
  /** A host with this server's key known and the right identity. */
  readonly host: Host;
  readonly env: HostsEnv;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** How many connections have been let in so far. */
  readonly logins: () => number;
  /** How many channels are open now. */
  readonly open: () => number;
  readonly most: () => number;
  /** Breaks every connection without a word. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

const variables = {PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8'};

function runHere(channel: ServerChannel, text: string, session: Session, onEnd: () => void): void {
  const child = spawn('sh', ['-c', text], {detached: true, env: variables});
  channel.stdin.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  child.stdout.pipe(channel.stdout, {end: false});
  child.stderr.pipe(channel.stderr, {end: false});
  const kill = (): void => {
    try {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has gone meanwhile.
    }
  };
  // The server half of ssh2 hears no signal once the input has ended; sshd does, and is tested by itself.
  session.on('signal', kill);
  channel.on('close', kill);
  child.on('close', (code, signal) => {
    onEnd();
    if (code === null) channel.exit((signal ?? 'SIGTERM').slice(3) as never);
    else channel.exit(code);
    channel.end();
  });
}

/** ssh2 makes an Ed25519 pair now and then that it cannot read itself. */
export function keyPair(): {readonly private: string; readonly public: string} {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519');
    const halves: unknown[] = [utils.parseKey(pair.public), utils.parseKey(pair.private)];
    if (!halves.some((half) => half instanceof Error)) return pair;
  }
}

export interface LoopbackOptions {
  /** Sessions at a time on one connection. */
  readonly maxSessions?: number;
  /** Connections at a time; a further one is closed at once. */
  readonly maxConnections?: number;
  readonly acceptKey?: boolean;
  /** Lets nobody finish the handshake. */
  readonly mute?: boolean;
}

export async function startLoopback(options: LoopbackOptions = {}): Promise<Loopback> {
  const folder = mkdtempSync(join(tmpdir(), 'cm-ssh-'));
  const [hostPair, mine] = [keyPair(), keyPair()];
  const allowed = (utils.parseKey(mine.public) as ParsedKey).getPublicSSH();
  const clients = new Set<Connection>();
  let [logins, open, most] = [0, 0, 0];
  const server = new Server({hostKeys: [hostPair.private]}, (client) => {
    client.on('error', () => undefined);
    if (clients.size >= (options.maxConnections ?? 100)) {
      client.end();
      return;
    }
    client.on('authentication', (attempt) => {
      const right = attempt.method === 'publickey' && attempt.key.data.equals(allowed);
      if (right && options.acceptKey !== false) attempt.accept();
      else attempt.reject(['publickey']);
    });
    let here = 0;
    client.on('ready', () => {
      logins += 1;
      clients.add(client);
      // The types leave it out; without it the measured round trip is that of Nagle's algorithm.
      (client as unknown as {setNoDelay(on: boolean): void}).setNoDelay(true);
      client.on('session', (accept, reject) => {
        if (here >= (options.maxSessions ?? 10)) {
          reject();
          return;
        }
        here += 1;
        open += 1;
        most = Math.max(most, open);
        const session = accept();
        session.on('exec', (take, _no, {command}) => {
          runHere(take(), command, session, () => {
            here -= 1;
            open -= 1;
          });
        });
      });
      client.on('tcpip', (accept, reject, {destIP, destPort}) => {
        const socket = connect(destPort, destIP);
        socket.on('error', reject);
        socket.on('connect', () => {
          const channel = accept();
          channel.pipe(socket).pipe(channel);
          channel.on('error', () => undefined);
        });
      });
    });
    client.on('close', () => clients.delete(client));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const {port} = server.address() as AddressInfo;
  const [identity, knownHosts, config] = ['id', 'known_hosts', 'config'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const hostKey = hostPair.public.split(' ').slice(0, 2).join(' ');
  writeFileSync(identity, mine.private, {mode: 0o600});
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`);
  writeFileSync(config, 'GlobalKnownHostsFile none\n');
  return {
    port,
    folder,
    hostKey,
    host: {
      name: 'alpha',
      address: `tester@127.0.0.1:${port}`,
      labels: {},
      ssh: {config, identity, knownHosts},
    },
    env: {variables, home: folder, user: 'tester'},
    logins: () => logins,
    open: () => open,
    most: () => most,
    cut: () => {
      for (const client of clients)
        (client as unknown as {_sock: {destroy(): void}})._sock.destroy();
    },
    close: async () => {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
