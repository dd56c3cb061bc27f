import {chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {loadImage, mostOfImage} from '../../src/engines/oci/image-load.js';
import type {Output} from '../../src/hosts/transport.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair} from './podman-pair.js';

/** Keeps its tags in a file; an archive has a list of tags with IDs. */
const standIn = `#!/bin/sh
tags=$(dirname "$0")/tags
drop() { grep -v "^$1 " "$tags" > "$tags.new" || :; mv "$tags.new" "$tags"; }
case $1:$2 in
  images:*) sed 's/ / sha256:/' "$tags" ;;
  load:*)
    tar -xOf "$4" manifest.json | while read -r name id; do
      [ "$name" != '[' ] || continue
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
  for (const folder of ['/bin', '/made', '/spool']) mkdirSync(host.at(folder));
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
  loadWhat(engine, `printf '%s\\n' '[' "$@" > manifest.json; tar -cf - manifest.json`, ...archive);

/** `making`: prints the archive. */
async function loadWhat(
  engine: 'podman' | 'docker',
  making: string,
  ...words: readonly string[]
): Promise<Output> {
  const {argv} = loadImage(engine, pair, 'localhost/web:1');
  const text = `folder=$1 spool=$2 making=$3; shift 3
cd "$folder"
sh -euc "$making" cm "$@" > "$folder.tar"`;
  const folders = [host.at('/made'), host.at('/spool')];
  const made = await host.run(script('', text, ...folders, making, ...words));
  expect(made).toMatchObject({code: 0, stderr: ''});
  const loading = 'export TMPDIR=$2; exec 3<"$1.tar"; shift 2; exec "$@" <&3';
  return host.run(script('', loading, ...folders, ...argv));
}

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

/** As podman and docker save one: layers, descriptions, links to a layer that comes twice. */
const saved = `mkdir -p root/dev root/etc
mknod root/dev/null c 1 3
mknod root/dev/zero c 1 5
mkfifo root/pipe
ln -s /etc root/link
echo x > root/etc/a
ln root/etc/a root/etc/b
: > root/etc/empty
tar -C root --numeric-owner --format=posix -cf 1.tar .
mkdir old
ln -s ../1.tar old/layer.tar
printf 1.0 > old/VERSION
head -c 10240 /dev/zero > empty.tar
echo '{}' > config.json
printf '%s\\n' '[' "localhost/web:1 ${web}" > manifest.json
rm -rf root
`;

test.each(['podman', 'docker'] as const)('%s: what engines save is taken', async (engine) => {
  expect(await loadWhat(engine, `${saved}tar -cf - *`)).toMatchObject({code: 0, stderr: ''});
  expect(tags()).toContain(`localhost/web:1 ${web}`);
  expect(readdirSync(host.at('/spool'))).toEqual([]);
});

/** Makes an entry a folder or a device, and its checksum right: of the block at `$2` of the file `$1` it changes the type to `$3`. */
const retype = `retype() {
  dd if="$1" bs=512 skip="$2" count=1 2>/dev/null > head
  { head -c 156 head; printf %s "$3"; tail -c 355 head; } > typed
  { head -c 148 typed; printf '        '; tail -c 356 typed; } > blank
  sum=$(od -An -v -tu1 -w1 blank | awk '{sum += $1} END {printf "%06o", sum}')
  { head -c 148 typed; printf '%s\\0 ' "$sum"; tail -c 356 typed; } | dd of="$1" bs=512 seek="$2" conv=notrunc 2>/dev/null
}
`;

const sparse = 'truncate -s 100G zeros; tar -cSf 1.tar';

/** What is small, and would be large in the engine's store. */
const bombs: Readonly<Record<string, string>> = {
  'a compressed stream': 'tar -czf - *',
  'a layer that gzip has compressed': 'gzip 1.tar; tar -cf - *',
  'a large one': 'head -c 1000000 /dev/urandom | gzip > 0.tar; gzip 1.tar; tar -cf - *',
  'a layer that bzip2 has compressed to next to nothing':
    'printf "BZh91AY&SY" > 1.tar; tar -cf - *',
  'a layer that zstd has compressed': String.raw`printf '\050\265\057\375%01000d' 1 > 1.tar; tar -cf - *`,
  'a layer with a sparse file, as GNU tar had it': `${sparse} --format=gnu zeros; rm zeros; tar -cf - *`,
  'a layer with a sparse file, as POSIX has it': `${sparse} --format=posix zeros; rm zeros; tar -cf - *`,
  'a layer with a sparse file of the first kind': `${sparse} --format=posix --sparse-version=0.0 zeros; rm zeros; tar -cf - *`,
  'a layer that begins like a description': `truncate -s 100G '{"'; tar -cSf 1.tar '{"'; rm '{"'; tar -cf - *`,
  'a sparse layer': 'truncate -s 100G zeros.tar; tar -cSf - *',
  'a sparse file behind a folder that has a size': `${sparse} --format=gnu zeros; rm zeros; head -c 2048 1.tar > inner; tar --format=gnu -cf 1.tar inner; rm inner; retype 1.tar 0 5; rm head typed blank; tar -cf - *`,
  'a sparse file behind a device that has a size': `${sparse} --format=gnu zeros; rm zeros; head -c 2048 1.tar > inner; tar --format=gnu -cf 1.tar inner; rm inner; retype 1.tar 0 3; rm head typed blank; tar -cf - *`,
  'a device beside the layers': 'mknod zero c 1 5; tar -cf - *; rm zero',
  'a part of an archive': 'tar -cf - * | head -c 9000',
};

test.each(Object.entries(bombs))('%s: refused, and no engine gets it', async (_, making) => {
  for (const engine of ['podman', 'docker'] as const) {
    const ended = await loadWhat(engine, `${retype}${saved}${making}; rm -rf *`);
    expect(ended.code).toBe(65);
    expect(ended.stderr).toMatch(/^the image that arrived is not as engines save one: /);
    expect(tags()).toEqual([`localhost/prod/db:1 ${old}`]);
    expect(readdirSync(host.at('/spool'))).toEqual([]);
  }
});

test('what a killed run has left of an archive goes with the next one', async () => {
  mkdirSync(host.at('/spool/cm-image.abc123'));
  mkdirSync(host.at('/spool/cm-image-of-somebody'));
  expect(await loadWhat('podman', `${saved}tar -cf - *`)).toMatchObject({code: 0});
  expect(readdirSync(host.at('/spool'))).toEqual(['cm-image-of-somebody']);
});
