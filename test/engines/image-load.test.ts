import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {loadImage, mostOfImage} from '../../src/engines/oci/image-load.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair} from './podman-pair.js';

/** Keeps its tags in a file; an archive is a list of tags with IDs. */
const standIn = `#!/bin/sh
tags=$(dirname "$0")/tags
drop() { grep -v "^$1 " "$tags" > "$tags.new" || :; mv "$tags.new" "$tags"; }
case $1:$2 in
  images:*) sed 's/ / sha256:/' "$tags" ;;
  load:*)
    while read -r name id; do
      [ "$name" != broken ] || exit 125
      drop "$name"; echo "$name $id" >> "$tags"
    done ;;
  tag:*) drop "$3"; echo "$3 $2" >> "$tags" ;;
  untag:*) drop "$2" ;;
  rmi:*) drop "$4" ;;
  image:inspect) grep -q " $4$" "$tags" ;;
esac
`;

const [web, old, evil] = ['a'.repeat(64), 'b'.repeat(64), 'e'.repeat(64)];
const path = process.env['PATH'] ?? '';
let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  mkdirSync(host.at('/bin'));
  for (const engine of ['podman', 'docker']) {
    writeFileSync(host.at(`/bin/${engine}`), standIn);
    chmodSync(host.at(`/bin/${engine}`), 0o755);
  }
  process.env['PATH'] = `${host.at('/bin')}${delimiter}${path}`;
  writeFileSync(join(host.root, 'bin/tags'), `localhost/prod/db:1 ${old}\n`);
});

afterEach(() => {
  process.env['PATH'] = path;
  host[Symbol.dispose]();
});

const tags = (): readonly string[] =>
  readFileSync(host.at('/bin/tags'), 'utf8').trim().split('\n').sort();

const pair = aPair({container: {image: {id: web, name: 'localhost/web:1'}}});

const load = async (engine: 'podman' | 'docker', archive: readonly string[]) =>
  host.run({
    ...loadImage(engine, pair, 'localhost/web:1'),
    stdin: archive.map((line) => `${line}\n`).join(''),
  });

test.each(['podman', 'docker'] as const)(
  '%s: the image that was asked for arrives',
  async (engine) => {
    expect(await load(engine, [`localhost/web:1 ${web}`])).toMatchObject({code: 0, stderr: ''});
    expect(tags()).toEqual([`localhost/prod/db:1 ${old}`, `localhost/web:1 ${web}`]);
    expect(await load(engine, [`localhost/web:1 ${web}`])).toMatchObject({code: 0});
  },
);

test.each(['podman', 'docker'] as const)('%s: tags are as before, or it fails', async (engine) => {
  const before = tags();
  for (const archive of [
    [`localhost/prod/db:1 ${evil}`],
    [`localhost/prod/db:1 ${evil}`, `localhost/web:1 ${web}`],
    [`localhost/new:1 ${evil}`],
    [`localhost/web:1 ${evil}`],
    [`localhost/prod/db:1 ${evil}`, 'broken x'],
  ]) {
    const {code, stderr} = await load(engine, archive);
    expect(code).toBe(65);
    expect(stderr).toMatch(
      /^the image that arrived is not what was asked for: .* as before again$/m,
    );
    expect(tags().filter((tag) => tag !== `localhost/web:1 ${web}`)).toEqual(before);
  }
});

test.each(['podman', 'docker'] as const)('%s: another image is not the one', async (engine) => {
  expect(await load(engine, [])).toMatchObject({
    code: 65,
    stderr: `the image that arrived is not the one that was asked for: ${web} is not here\n`,
  });
});

test('no more is taken than was expected, or than there is room for', () => {
  expect(mostOfImage(pair, 10 ** 9)).toBe(2 * 10 ** 9 + 64 * 2 ** 20);
  expect(mostOfImage(pair, 10 ** 15)).toBe(pair.target.storeFree);
});
