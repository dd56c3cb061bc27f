import type {Blocker} from '../../../src/engines/criu/blocker.js';
import {does, line, use} from './follow.js';
import {row, type Row} from './row.js';
import {becomes, bundleWorld, dockerWorld, holds, podmanWorld, shows, type World} from './world.js';

/** Something in its processes, and what is done about it besides `cold`. */
const held = (
  code: Blocker['code'],
  what: string,
  refused: string,
  words?: string,
): readonly Row[] =>
  [podmanWorld, dockerWorld].map((world) =>
    row(
      refused,
      () => holds(world(), {blockers: [{code, what}]}),
      use('cold'),
      ...(words === undefined ? [] : [does(words, (is: World) => holds(is, {blockers: []}))]),
    ),
  );

const asked = (world: World, ...words: readonly string[]): World =>
  becomes(world, {raw: {Config: {CreateCommand: ['podman', 'run', ...words, 'redis']}}});

const made = (code: string, words: string, ...options: readonly string[]): Row =>
  row(
    code,
    () => asked(podmanWorld({}, 'cold'), ...options),
    does(words, (is) => asked(is)),
  );

/** What the container holds, or how it was made. */
export const workloadRows: readonly Row[] = [
  row(
    'fixed-files',
    () => holds(podmanWorld({}, 'cold'), {fixed: {rootfs: ['/u/diff/f'], mounts: {}}}),
    does('chattr -i -a /u/diff/f', (is) => holds(is, {fixed: {rootfs: [], mounts: {}}})),
  ),
  ...held('kernel-object', 'io_uring', 'io-uring', 'switch io_uring off in the program'),
  ...held('debugger', '', 'a-debugger', 'detach the debugger'),
  ...held('other-user', '999', 'other-user', 'give root there that capability'),
  ...held('device-open', '/dev/kmsg', 'device-open'),
  ...held('bind-socket', '/run/x.sock', 'bind-socket', 'start it again without that mount'),
  ...held('bind-device', '/dev/x', 'bind-device', 'start it again without that mount'),
  ...held('bind-pipe', '/srv/pipe', 'bind-pipe', 'start it again without that mount'),
  ...held('exec', 'sh', 'exec', 'wait until it has ended'),
  ...held('mptcp', '', 'mptcp', 'GODEBUG=multipathtcp=0'),
  ...held('vsock', '', 'vsock'),
  ...held('ping-socket', '', 'ping-socket', 'let it ping by a program that ends each time'),
  ...held('ipv6-connection', '2', 'ipv6-connection', 'close them at their other end'),
  ...held('unix-socket-outside', '', 'unix-socket-outside', 'close that connection'),
  ...held('posix-queue', '/q', 'posix-queue', 'let the program remove it'),
  ...held('deleted-file-large', '"/tmp/x" of 200 MiB', 'deleted-file-large', 'ghost-limit'),
  ...held('deleted-name', '/tmp/x', 'deleted-name', 'let the program close it'),
  ...held('nested-namespace', 'user', 'nested-namespace', 'let the program run without it'),
  ...held('network-inside', 'routes', 'network-inside', 'remove it first'),
  ...held('watched-file', '', 'watched-file', 'let it watch a file in a volume'),
  row(
    'tty',
    () => becomes(podmanWorld(), {tty: true}),
    use('cold'),
    does('without "-t"', (is) => becomes(is, {tty: false})),
  ),
  row(
    'privileged',
    () =>
      becomes(
        {...podmanWorld(), container: {on: 'beta', strategy: 'stateful', allow: ['privileged']}},
        {privileged: true},
      ),
    use('cold'),
  ),
  row(
    'device',
    () => becomes(podmanWorld(), {devices: ['/dev/x']}),
    does('without that device', (is) => becomes(is, {devices: []})),
  ),
  row(
    'user-namespace',
    () => becomes(podmanWorld(), {userNamespace: true}),
    use('cold'),
    does("in the host's user namespace", (is) => becomes(is, {userNamespace: false})),
  ),
  row(
    'paused',
    () => becomes(podmanWorld({}, 'cold'), {state: 'paused'}),
    does('unpause it first', (is) => becomes(is, {state: 'running'})),
    line(0),
    line(1),
  ),
  row(
    'not-running',
    () => becomes(podmanWorld(), {state: 'paused'}),
    does('unpause it', (is) => becomes(is, {state: 'running'})),
  ),
  row('not-running', () => becomes(podmanWorld(), {state: 'created'}), use('cold')),
  row(
    'bind-missing',
    () => holds(podmanWorld({}, 'cold'), {blockers: [{code: 'bind-missing', what: '/srv/x'}]}),
    does('make it again on the source', (is) => holds(is, {blockers: []})),
  ),
  row(
    'bind-link',
    () => {
      const mount = {
        kind: 'bind',
        name: '/srv/x',
        source: '/srv/x',
        destination: '/x',
        readOnly: false,
      } as const;
      return shows(becomes(podmanWorld(), {mounts: [mount]}), 'alpha', {links: ['/srv/x']});
    },
    use('cold'),
    does('start it again with the place where the link leads', (is) =>
      shows(is, 'alpha', {links: []}),
    ),
  ),
  row(
    'init-link',
    () =>
      shows(becomes(podmanWorld(), {raw: {HostConfig: {Init: true}}}), 'beta', {links: ['init']}),
    use('cold'),
    does('start it again without "--init"', (is) => becomes(is, {raw: {}})),
  ),
  row(
    'stdio',
    () => holds(bundleWorld(), {blockers: [{code: 'stdio', what: 'pipe:[1]'}]}),
    use('cold'),
    does('start it with "/dev/null"', (is) => holds(is, {blockers: []})),
  ),
  row(
    'auto-remove',
    () => becomes(podmanWorld({}, 'cold'), {autoRemove: true}),
    does('start it again without "--rm"', (is) => becomes(is, {autoRemove: false})),
  ),
  row(
    'in-pod',
    () => becomes(podmanWorld({}, 'cold'), {pod: 'a'.repeat(64)}),
    does('run it outside of the pod', () => podmanWorld({}, 'cold')),
  ),
  made('runtime-path', 'make the container with "--runtime NAME"', '--runtime', '/srv/evil'),
  made(
    'image-mount',
    'load that image there',
    '--mount',
    'type=image,source=tools,destination=/tools',
  ),
  made(
    'mount-subpath',
    'put that folder into a volume of its own',
    '--mount',
    'type=volume,source=data,destination=/data,subpath=a',
  ),
  made('volumes-from', 'make it again with these folders', '--volumes-from', 'base'),
  made('secrets', 'hand them over in a volume', '--secret', 'key'),
];
