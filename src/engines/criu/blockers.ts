import type {Blocker, BlockerCode} from './blocker.js';
import type {Pair, Refusal} from '../engine.js';
import {weightIn} from '../host/weight-in.js';

/** Whose words a remedy is in. */
export interface Speaker {
  readonly engine: string;
  readonly runtime: string;
}

type Text = (what: string, speaker: Speaker) => Refusal;

const confOf = ({runtime}: Speaker): string =>
  `"/etc/criu/${runtime === 'crun' ? 'crun' : 'runc'}.conf" on the source`;

const coldInstead = 'use "cold"';

const kernelRemedies: Readonly<Record<string, string>> = {
  io_uring: 'switch io_uring off in the program (for node "UV_USE_IO_URING=0"), or use "cold"',
};

const bind =
  (kind: 'socket' | 'device' | 'pipe'): Text =>
  (source) => ({
    code: `bind-${kind}`,
    message: `the bind mount's source "${source}" is a ${kind} of the source host`,
    remedy: 'start it again without that mount, or use "cold"',
  });

/** How a sysctl is given to a container of each engine. */
const sysctl = (engine: string, setting: string): string =>
  engine === 'podman' || engine === 'docker'
    ? `"--sysctl ${setting}"`
    : `"${setting}" in "linux.sysctl" of its config.json`;

/** Of a checkpoint alone; what stands against a cold move as well is told elsewhere. */
const texts: Readonly<Partial<Record<BlockerCode, Text>>> = {
  'kernel-object': (what) => ({
    code: what.replace(/[^a-z]+/g, '-'),
    message: `one of its processes uses "${what}", which CRIU cannot checkpoint`,
    remedy: kernelRemedies[what] ?? coldInstead,
  }),
  debugger: () => ({
    code: 'a-debugger',
    message: 'one of its processes uses "a debugger", which CRIU cannot checkpoint',
    remedy: 'detach the debugger, or use "cold"',
  }),
  'other-user': (user) => ({
    code: 'other-user',
    message: `one of its processes belongs to user ${user}, and root of the source lacks CAP_SYS_RESOURCE, without which CRIU checkpoints only processes of root`,
    remedy: 'give root there that capability (the host is a container itself), or use "cold"',
  }),
  'device-open': (path) => ({
    code: 'device-open',
    message: `one of its processes has the device "${path}" open`,
    remedy: coldInstead,
  }),
  'bind-socket': bind('socket'),
  'bind-device': bind('device'),
  'bind-pipe': bind('pipe'),
  exec: (program, {engine}) => ({
    code: 'exec',
    message: `"${program}" runs in it, started with "${engine} exec": it is no part of the checkpoint and would end without a word`,
    remedy: 'wait until it has ended, or end it; or use "cold"',
  }),
  mptcp: (_, {engine}) => ({
    code: 'mptcp',
    message:
      'it has a multipath TCP socket, which CRIU cannot checkpoint; servers built with Go 1.24 or later listen with one unless told not to',
    remedy: `start it again with ${sysctl(engine, 'net.mptcp.enabled=0')} or with GODEBUG=multipathtcp=0 in its environment, or use "cold"`,
  }),
  vsock: () => ({
    code: 'vsock',
    message: 'it has a vsock socket, which CRIU cannot checkpoint',
    remedy: coldInstead,
  }),
  'ping-socket': () => ({
    code: 'ping-socket',
    message: 'it has an ICMP socket for pings, which can be checkpointed but not restored',
    remedy: 'let it ping by a program that ends each time, or use "cold"',
  }),
  'ipv6-connection': (count) => ({
    code: 'ipv6-connection',
    message: `${count === '1' ? '1 TCP connection is' : `${count} TCP connections are`} open over IPv6, which can be checkpointed but not restored`,
    remedy: 'close them at their other end before the move, connect over IPv4, or use "cold"',
  }),
  'unix-socket-outside': () => ({
    code: 'unix-socket-outside',
    message:
      'it is connected over a unix socket to a program outside of it (a log, a database, docker.sock), which stays behind',
    remedy: 'close that connection before the move, or use "cold"',
  }),
  'posix-queue': (name) => ({
    code: 'posix-queue',
    message: `it has a POSIX message queue ("${name}"), which CRIU cannot checkpoint`,
    remedy: 'let the program remove it ("mq_unlink") before the move, or use "cold"',
  }),
  'deleted-file-large': (file, speaker) => ({
    code: 'deleted-file-large',
    message: `a program still uses ${file}, which was deleted; CRIU would have to put it into the checkpoint, and it is over CRIU's limit`,
    remedy: `put a line such as "ghost-limit 64M" into ${confOf(speaker)}, or use "cold"`,
  }),
  'deleted-name': (name, speaker) => ({
    code: 'deleted-name',
    message: `a program still uses "${name}", a name that was deleted while another name of the same file is left`,
    remedy: `let the program close it, or put a line "link-remap" into ${confOf(speaker)}, or use "cold"`,
  }),
  'nested-namespace': (kind) => ({
    code: 'nested-namespace',
    message: `one of its processes has made a ${kind} namespace of its own, which CRIU cannot checkpoint`,
    remedy: 'let the program run without it (browsers: "--no-sandbox"), or use "cold"',
  }),
  'network-inside': (what) => ({
    code: 'network-inside',
    message: `it has ${what} in its own network that its engine knows nothing of, and a restore would not bring that back`,
    remedy: 'use "cold", which lets its program make it again when it starts, or remove it first',
  }),
  'watched-file': (_, speaker) => ({
    code: 'watched-file',
    message:
      'a program watches a file of its image with inotify, and CRIU does not find such a file again',
    remedy: `put a line "irmap-scan-path FOLDER", with the folder in the container where that file is, into ${confOf(speaker)}, let it watch a file in a volume, or use "cold"`,
  }),
};

/** Why it cannot be checkpointed, in the words of its engine. */
export const blockerRefusals = (
  blockers: readonly Blocker[],
  speaker: Speaker,
): readonly Refusal[] => blockers.flatMap(({code, what}) => texts[code]?.(what, speaker) ?? []);

/** Those that count: a device that was given to it is named once, open or not, and what is closed need not be restored. */
export const blockersOf = ({container, connections, source}: Pair): readonly Blocker[] =>
  (weightIn(source, container.name)?.blockers ?? [])
    .filter(({code, what}) => code !== 'device-open' || !container.devices.includes(what))
    .filter(({code}) => code !== 'ipv6-connection' || connections === 'keep');
