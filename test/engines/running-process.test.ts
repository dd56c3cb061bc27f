import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {scriptHead, sections} from '../../src/engines/host/sections.js';
import {
  processDifferences,
  sourcesText,
  tellProcessText,
  type PlannedProcess,
} from '../../src/engines/oci/running-process.js';
import {ShellHost} from '../rig/shell-host.js';
import {valueOf} from './recording.js';

/*
 * The kernel of this machine tells of a process that has the namespaces and mounts of a container, as it would of one that
 * was restored.
 */

const id = 'c'.repeat(64);
let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/merged', '/data files', '/secret', `/own/${id}`])
    mkdirSync(host.at(folder), {recursive: true});
  writeFileSync(host.at(`/own/${id}/hosts`), '');
  symlinkSync('data files', host.at('/link'));
});

afterEach(() => {
  host[Symbol.dispose]();
});

const contained = `work=$1 spaces=$2 more=$3 found=$4
unshare --mount $spaces --fork --kill-child --propagation private sh -euc '
cd "$1/merged"
mount -t tmpfs cm .
cd "$1/merged"
mkdir usr proc sys dev etc data more tmp
for name in bin lib lib64; do ln -s "usr/$name" "$name"; done
mount --bind /usr usr
mount -t proc proc proc
mount --bind /dev/null proc/version
mount -t tmpfs cm tmp
mount --bind "$1/data files" data
: > etc/hosts
mount --bind "$1/own/${id}/hosts" etc/hosts
eval "$2"
exec chroot . /bin/sleep 600' cm "$work" "$more" &
above=$!
trap 'kill -KILL "$above"' EXIT
until pid=$(grep -lE "^PPid:[^0-9]*$above\\$" /proc/[0-9]*/status 2>/dev/null | head -n 1 | tr -dc 0-9) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = sleep ]; do
  kill -0 "$above"
  sleep 0.01
done
${scriptHead}
${tellProcessText}
${sourcesText}
sources_in "$found"
tell_process "$pid"
section end`;

const everySpace = '--pid --net --ipc --uts';

interface Told {
  readonly spaces?: string;
  /** What is done before the program runs; `$1` is the folder of the test. */
  readonly more?: string;
  readonly planned?: Partial<PlannedProcess>;
}

async function told({spaces = everySpace, more = '', planned = {}}: Told) {
  const link = host.at('/link');
  const found = JSON.stringify(
    [
      {
        Mounts: [
          {Source: link, RW: true},
          {Source: host.at('/secret'), RW: true},
        ],
      },
    ],
    undefined,
    4,
  );
  const ran = await host.run(script('', contained, host.root, spaces, more, found));
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return processDifferences(valueOf(sections(ran.stdout)), {
    capabilities: 'all',
    shared: [],
    isFiltered: false,
    sources: ['/usr', link],
    root: '/layers/merged',
    id,
    ...planned,
  });
}

test('a copy that has what was planned, by a link too, is as planned', async () => {
  expect(await told({})).toEqual([]);
});

describe('what was not planned is found:', () => {
  test.each<[string, string, RegExp]>([
    ['a folder of the host', 'mount --bind "$1/secret" more', /^it has .*\/secret at \/more$/],
    [
      'a folder of the host below one that was planned',
      'mkdir "$1/data files/in"; mount --bind "$1/secret" data/in',
      /^it has .*\/secret at \/data\/in$/,
    ],
    ['the root of the host', 'mount --bind / more', /^it has \/ at \/more$/],
    ['processes of the host', 'mount --rbind /proc more', /^it has \/proc at \/more$/],
    [
      'a folder that the engine was told of, and the plan was not',
      'mount --bind "$1/secret" etc',
      /^it has .*\/secret at \/etc$/,
    ],
  ])('%s', async (_, more, said) => {
    const differ = await told({more});
    expect(differ.length).toBeGreaterThan(0);
    expect(differ.some((each) => said.test(each))).toBe(true);
  });

  test('a namespace of the host', async () => {
    const spaces = '--pid --net --ipc';
    expect(await told({spaces})).toEqual(['it is in the uts namespace of the host']);
    expect(await told({spaces, planned: {shared: ['uts']}})).toEqual([]);
  });

  test('capabilities', async () => {
    const [more, planned] = [
      'exec setpriv --bounding-set -all,+chown,+sys_chroot --inh-caps -all chroot . /bin/sleep 600',
      {capabilities: ['CHOWN', 'SYS_CHROOT']},
    ];
    expect(await told({planned})).toContain('it has the capability SYS_MODULE');
    expect(await told({more, planned})).toEqual([]);
    expect(await told({more, planned: {capabilities: ['CHOWN']}})).toEqual([
      'it has the capability SYS_CHROOT',
    ]);
  });

  test('no filter of system calls', async () => {
    expect(await told({planned: {isFiltered: true}})).toEqual(['it has no filter of system calls']);
  });
});

test('what is not told is not as planned', () => {
  const planned = {
    capabilities: 'all',
    shared: [],
    isFiltered: false,
    sources: [],
    root: '',
  } as const;
  expect(processDifferences([], planned)).toEqual([
    'its mounts are not told',
    'its capabilities are not told',
    'its namespaces are not told',
  ]);
});
