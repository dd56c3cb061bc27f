import {flat} from '../rig/flat-moves.js';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {podmanMoves} from '../../src/engines/podman/moves.js';
import type {Output} from '../../src/hosts/transport.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair} from './podman-pair.js';

/* The script that resumes as it is, with a program in place of podman that knows one container. */

let host: ShellHost;

const put = (file: string, text: string): void => {
  writeFileSync(host.at(file), text);
};

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/bin', '/scratch', '/bundle']) mkdirSync(host.at(folder));
  put(
    '/bin/podman',
    `#!/bin/sh -eu
case "$*" in
  *State.Running*) cat '${host.at('/running')}' ;;
  *StaticDir*) echo '${host.at('/bundle')}' ;;
  *.Id*) echo ${aPair().container.id} ;;
  'container restore'*) echo "$*" >> '${host.at('/restores')}'; [ ! -e '${host.at('/broken')}' ]; echo true > '${host.at('/running')}' ;;
esac
`,
  );
  chmodSync(host.at('/bin/podman'), 0o755);
});

afterEach(() => {
  host[Symbol.dispose]();
});

async function resume(): Promise<Output> {
  const {argv} = flat(podmanMoves(aPair(), host.at('/scratch'))).resume;
  const path = `PATH=${host.at('/bin')}:${process.env['PATH'] ?? ''}`;
  return host.run({argv: ['env', path, ...argv]});
}

/** As a freeze after one round leaves it. */
function frozen(running: boolean): void {
  put('/running', `${running}\n`);
  for (const folder of ['/scratch/images', '/scratch/rounds', '/scratch/rounds/1'])
    mkdirSync(host.at(folder));
  for (const folder of ['images', 'rounds/1']) put(`/scratch/${folder}/inventory.img`, 'i');
  symlinkSync('rounds/1', host.at('/scratch/pre-checkpoint'));
  symlinkSync('../pre-checkpoint', host.at('/scratch/images/parent'));
  symlinkSync(host.at('/scratch/images'), host.at('/bundle/checkpoint'));
  symlinkSync(host.at('/scratch/pre-checkpoint'), host.at('/bundle/pre-checkpoint'));
}

test('it goes on from its memory, and no link to memory is left behind', async () => {
  frozen(false);
  expect(await resume()).toMatchObject({code: 0});
  expect(readFileSync(host.at('/restores'), 'utf8')).toBe(
    'container restore --tcp-established --file-locks --keep --print-stats -- redis\n',
  );
  expect(readdirSync(host.at('/bundle'))).toEqual([]);
  expect(existsSync(host.at('/scratch/images/inventory.img'))).toBe(true);
  expect(await resume()).toMatchObject({code: 0});
  expect(readFileSync(host.at('/restores'), 'utf8').trim().split('\n')).toHaveLength(1);
});

test('where it was never frozen nothing is restored, and the links go as well', async () => {
  frozen(true);
  mkdirSync(host.at('/bundle/artifacts'));
  expect(await resume()).toMatchObject({code: 0});
  expect(existsSync(host.at('/restores'))).toBe(false);
  expect(readdirSync(host.at('/bundle'))).toEqual(['artifacts']);
});

test('a restore that fails keeps what it needs for another try', async () => {
  frozen(false);
  put('/broken', '');
  expect((await resume()).code).not.toBe(0);
  expect(lstatSync(host.at('/bundle/checkpoint')).isSymbolicLink()).toBe(true);
  expect(lstatSync(host.at('/bundle/pre-checkpoint')).isSymbolicLink()).toBe(true);
});

test.each(['images/inventory.img', 'rounds/1/inventory.img'])(
  'without %s its memory is gone, and it says so',
  async (lost) => {
    frozen(false);
    await host.run({argv: ['rm', host.at(`/scratch/${lost}`)]});
    const {code, stderr} = await resume();
    expect(code).toBe(74);
    expect(stderr).toContain('its memory is gone');
    expect(existsSync(host.at('/restores'))).toBe(false);
    const kept = flat(podmanMoves(aPair(), host.at('/scratch'))).kept;
    const path = `PATH=${host.at('/bin')}:${process.env['PATH'] ?? ''}`;
    const asked = kept && (await host.run({argv: ['env', path, ...kept.argv]}));
    expect(asked).toMatchObject({code: 74});
  },
);
