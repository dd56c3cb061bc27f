import {parseJson} from '../../src/base/parse-json.js';
import type {Random} from '../fuzz/random.js';

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Values that would be something else on another host: paths, options, program text, what is too large or of another type. */
const values: readonly unknown[] = [
  ...[
    '../../root/precious',
    '/',
    '-',
    '.',
    '..',
    '',
    '--runtime=/srv/evil',
    '-rf',
    '/root/precious',
  ],
  ...[
    '$(touch /root/PWNED)',
    '`touch /root/PWNED`',
    "';touch /root/PWNED;'",
    '";touch /root/PWNED;"',
  ],
  ...['x\ntouch /root/PWNED', 'x\u0000y', '*', '~root', 'a b', '%s%n', '\u001b[2J', '&', '|', '\\'],
  ...['/etc/cron.d/x', '/root/.ssh/authorized_keys', '/proc/1/root/root', '/run/../root/precious'],
  ...[
    'x/y/;1e touch /root/PWNED #',
    '::error::x',
    'precious',
    'precious-data',
    'localhost/prod/db:1',
    'f'.repeat(64),
    'F'.repeat(63),
    'a'.repeat(5000),
  ],
  ...[
    0,
    -1,
    1e308,
    true,
    null,
    [],
    {},
    [[]],
    ['/'],
    {Source: '/'},
    {x: {y: []}},
    2 ** 31,
    4_194_305,
  ],
];

/** Settings that give power over a host, put where an engine has them. */
const grants: readonly (readonly [path: string, value: unknown])[] = [
  ['HostConfig.Privileged', true],
  ['HostConfig.PidMode', 'host'],
  ['HostConfig.IpcMode', 'host'],
  ['HostConfig.PidMode', 'ns:/proc/1/ns/pid'],
  ['HostConfig.CapAdd', ['CAP_SYS_ADMIN']],
  ['HostConfig.SecurityOpt', ['seccomp=unconfined', 'apparmor=unconfined']],
  ['HostConfig.Binds', ['/:/host']],
  ['HostConfig.Devices', [{PathOnHost: '/dev/sda', PathInContainer: '/dev/sda'}]],
  ['HostConfig.LogConfig.Path', '/root/.ssh/authorized_keys'],
  ['HostConfig.Runtime', '/srv/evil'],
  ['HostConfig.DeviceCgroupRules', ['b *:* rwm']],
  ['HostConfig.MaskedPaths', []],
  ['Mounts', [{Type: 'bind', Source: '/root', Destination: '/r', RW: true}]],
  ['Mounts', [{Type: 'bind', Source: '/etc/cron.d', Destination: '/r', RW: false}]],
  [
    'Mounts',
    [
      {
        Type: 'volume',
        Name: '../../root',
        Source: '/root',
        Destination: '/r',
        RW: true,
      },
    ],
  ],
  ['OCIRuntime', '/srv/evil'],
  ['Config.Timezone', '../../../etc/shadow'],
  ['Config.Annotations', {'org.criu.config': '/srv/evil'}],
  [
    'Config.CreateCommand',
    ['podman', '--runtime', '/srv/evil', 'run', '--init-path=/srv/evil', 'i'],
  ],
];

/** A leaf of a tree, by chance, in place of which another value stands. */
function changed(value: unknown, random: Random, depth = 0): unknown {
  if (!isTree(value) || (depth > 0 && random.chance(0.08))) return random.pick(values);
  const keys = Object.keys(value);
  if (keys.length === 0) return random.pick(values);
  const key = random.pick(keys);
  const copy: Tree | unknown[] = Array.isArray(value) ? [...(value as unknown[])] : {...value};
  (copy as Tree)[key] = changed(value[key], random, depth + 1);
  return copy;
}

function granted(value: unknown, random: Random): unknown {
  const [path, grant] = random.pick(grants);
  const put = (tree: unknown, [key = '', ...rest]: readonly string[]): unknown => ({
    ...(isTree(tree) ? tree : {}),
    [key]: rest.length === 0 ? grant : put(isTree(tree) ? tree[key] : {}, rest),
  });
  return put(value, path.split('.'));
}

/** Every JSON in an answer, wherever it begins a line. */
const jsonIn = /^(?:\[|\{)[\s\S]*?^(?:\]|\})$/gm;

/** The answer of a host with one thing changed: a value or a setting of the container of that number, a line, its length. */
export function variation(answer: string, random: Random, index: number): string {
  const found = [...answer.matchAll(jsonIn)].filter(([text]) => parseJson(text).ok);
  const how = random.next();
  if (found.length > 0 && how < 0.85) {
    const picked = random.pick(found);
    const parsed = parseJson(picked[0]);
    const value = parsed.ok ? parsed.value : undefined;
    const lie = (truth: unknown): unknown =>
      how < 0.3 ? granted(truth, random) : changed(truth, random);
    const other = Array.isArray(value)
      ? value.map((each: unknown, number) => (number === index % value.length ? lie(each) : each))
      : lie(value);
    return answer.replace(picked[0], () => JSON.stringify(other, undefined, 1));
  }
  const lines = answer.split('\n');
  const at = random.below(lines.length);
  const odd = random.pick(values.filter((value) => typeof value === 'string'));
  if (how < 0.97) lines[at] = random.chance(0.5) ? odd : `${lines[at] ?? ''}${odd}`;
  else lines.splice(at);
  return lines.join('\n');
}
