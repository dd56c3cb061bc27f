import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {
  CHECKPOINTS_FOLDER,
  isKeptId,
  keptFolder,
  keptId,
  manifestLine,
  readManifest,
  type KeptManifest,
} from '../../src/state/host/kept.js';
import {listKept, readKeptList} from '../../src/state/host/kept-list.js';
import {manifest} from '../rig/manifest.js';
import {ShellHost} from '../rig/shell-host.js';

let host: ShellHost;
beforeEach(() => {
  host = new ShellHost();
});
afterEach(() => {
  host[Symbol.dispose]();
});

const early = '20260101T000000Z-0a1b2c';
const late = '20260102T000000Z-0a1b2c';

function keep(made: KeptManifest, text = manifestLine(made), ending = ''): string {
  const folder = host.at(keptFolder(made.container, made.id)) + ending;
  mkdirSync(folder, {recursive: true});
  writeFileSync(`${folder}/manifest.json`, text);
  return folder;
}

async function list(container?: string) {
  const output = await host.run(listKept([CHECKPOINTS_FOLDER, '/nowhere'], container));
  expect(output).toMatchObject({code: 0, stderr: ''});
  return readKeptList(output.stdout);
}

it('gives IDs in the order of their time', () => {
  const id = keptId('2026-01-01T10:20:30.456Z', '0a1b2c');
  expect(id).toBe('20260101T102030Z-0a1b2c');
  expect(isKeptId(id)).toBe(true);
  expect(['', '..', `${id}.part`, `${id}/x`, ` ${id}`].some(isKeptId)).toBe(false);
});

it('finds what is kept of all containers, or of one, in the order of their time', async () => {
  const hostile = '../../x y\'"\n-';
  const made = [
    manifest({id: late}),
    manifest({id: early}),
    manifest({id: early, container: hostile}),
  ];
  for (const each of made) keep(each);
  const all = await list();
  expect(all.ok && all.value.kept.map(({id, container}) => [id, container])).toEqual([
    [early, hostile],
    [early, 'redis'],
    [late, 'redis'],
  ]);
  expect(all.ok && all.value.more).toBe(false);
  const one = await list(hostile);
  expect(one.ok && one.value.kept).toMatchObject([{manifest: made[2], container: hostile}]);
  const none = await list('red');
  expect(none.ok && none.value.kept).toEqual([]);
});

it('tells what is no checkpoint, and never follows a link', async () => {
  keep(manifest({id: early}), undefined, '.part');
  keep(manifest({id: late}), '{"format":1}\nend\nkept 1 2 3');
  const moved = keep(manifest({id: '20260103T000000Z-000000'}), manifestLine(manifest()));
  symlinkSync(moved, host.at(keptFolder('redis', '20260104T000000Z-000000')));
  mkdirSync(host.at(keptFolder('redis', '20260105T000000Z-000000')));
  const found = await list();
  expect(
    found.ok && found.value.kept.map(({id, wrong, manifest: has}) => [id, has, wrong]),
  ).toEqual([
    [early, undefined, 'it is not whole'],
    [late, undefined, expect.stringContaining('not a manifest') as string],
    ['20260103T000000Z-000000', undefined, 'its manifest is of "redis" 20260101T000000Z-0a1b2c'],
    ['20260105T000000Z-000000', undefined, 'it has no manifest'],
  ]);
});

it('does not take an answer that was cut off for the whole', async () => {
  keep(manifest());
  const {stdout} = await host.run(listKept([CHECKPOINTS_FOLDER]));
  expect(readKeptList(stdout.slice(0, -1)).ok).toBe(false);
});

describe('a manifest', () => {
  it('is read as it was written', () => {
    expect(readManifest(manifestLine(manifest()))).toEqual({ok: true, value: manifest()});
  });

  const {stored, origin} = manifest();
  const file = stored.files[0];
  it.each([
    ['format', {format: 2}],
    ['id', {id: '../../etc'}],
    ['container', {container: ''}],
    ['origin', {origin: {...origin, why: 'because'}}],
    ['origin', {origin: {...origin, downtimeMs: -1}}],
    ['stored', {stored: {...stored, files: [{...file, path: 'a/../../b'}]}}],
    ['stored', {stored: {...stored, files: [{...file, path: '/etc/passwd'}]}}],
    ['stored', {stored: {...stored, files: [{...file, path: 'a\nb'}]}}],
    ['stored', {stored: {...stored, files: [{...file, sha256: 'abc'}]}}],
    ['stored', {stored: {...stored, folders: [{...stored.folders[0], key: '../v0'}]}}],
  ])('with a wrong "%s" is refused', (key, change) => {
    expect(readManifest(JSON.stringify({...manifest(), ...change}))).toEqual({
      ok: false,
      error: `a manifest with a "${key}" that this cm does not know`,
    });
  });
});
