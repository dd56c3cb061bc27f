import {flat} from '../rig/flat-moves.js';
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {podmanMoves} from '../../src/engines/podman/moves.js';
import type {Output} from '../../src/hosts/transport.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair} from './podman-pair.js';

/* The script that freezes as it is, with a program in place of podman that writes what CRIU would. */

let host: ShellHost;

const put = (file: string, text: string): void => {
  writeFileSync(host.at(file), text);
};

/** `dumps`: what happens when it is told to checkpoint; `$images` is where CRIU writes. */
function podman(dumps: string): void {
  put(
    '/bin/podman',
    `#!/bin/sh
images=${host.at('/scratch/images')} bundle=${host.at('/bundle')}
case "$*" in
  *'container checkpoint'*)
    ${dumps}
    ;;
  *State.Running*) cat '${host.at('/running')}' ;;
esac
`,
  );
  chmodSync(host.at('/bin/podman'), 0o755);
}

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/bin', '/scratch', '/bundle']) mkdirSync(host.at(folder));
  put('/scratch/bundle', host.at('/bundle'));
  put('/running', 'true\n');
});

afterEach(() => {
  host[Symbol.dispose]();
});

async function freeze(): Promise<Output> {
  const {argv} = flat(podmanMoves(aPair(), host.at('/scratch'))).checkpoint.send;
  const path = `PATH=${host.at('/bin')}:${process.env['PATH'] ?? ''}`;
  return host.run({argv: ['env', path, ...argv]});
}

const images = `for image in files pages-1 core-1 pstree; do echo "$image" >"$images/$image.img"; done
    echo inventory >"$images/inventory.img"`;

test.each([
  ['before it has written anything', ''],
  ['when all of the memory is written', images],
])('a checkpoint that fails %s is told with its status and the log of CRIU', async (_, written) => {
  const log =
    'Error (criu/sk-inet.c:188): inet: Connected TCP socket, consider using --tcp-established';
  podman(`${written}
    echo '(00.1) ${log}' >"$bundle/dump.log"
    echo 'podman: it failed' >&2
    exit 125`);
  const ended = await freeze();
  expect(ended.code).toBe(125);
  expect(ended.stderr).toContain('podman: it failed');
  expect(ended.stderr).toContain(log);
  expect(existsSync(host.at('/scratch/ended'))).toBe(true);
});

test('one that ends well sends the memory, then what podman imports', async () => {
  podman(`${images}
    echo stats >"$bundle/stats-dump"
    echo archive >'${host.at('/scratch/import.tar')}'`);
  put('/running', 'false\n');
  const ended = await freeze();
  expect(ended).toMatchObject({code: 0});
  for (const name of ['images/pages-1.img', 'images/inventory.img', 'sizes', 'import.tar'])
    expect(ended.stdout).toContain(name);
  expect(readFileSync(host.at('/scratch/frozen'), 'utf8')).toBe('');
});
