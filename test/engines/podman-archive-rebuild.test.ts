import {chmodSync, existsSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync} from 'node:fs';
import {delimiter} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {noLinksText, rebuildText} from '../../src/engines/podman/archive-rebuild.js';
import {shellWord} from '../../src/base/shell-word.js';
import {confinedText} from '../../src/engines/criu/confined.js';
import type {Output} from '../../src/hosts/transport.js';
import {ShellHost} from '../rig/shell-host.js';

/*
 * podman unpacks what is in a checkpoint outside of any chroot, in the order in which it stands there, and follows links. So
 * what counts is what it gets to see: the names, and that no link comes before a name that leads through it.
 */

const path = process.env['PATH'] ?? '';
let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/scratch', '/made', '/bin', '/layer/var', '/lower/var'])
    mkdirSync(host.at(folder), {recursive: true});
  symlinkSync('/run', host.at('/layer/var/run'));
  symlinkSync('/run', host.at('/lower/var/lock'));
  mkdirSync(host.at('/layer/var/lock'));
  writeFileSync(
    host.at('/bin/podman'),
    `#!/bin/sh\necho '${host.at('/layer')}:${host.at('/lower')}'\n`,
  );
  chmodSync(host.at('/bin/podman'), 0o755);
  process.env['PATH'] = `${host.at('/bin')}${delimiter}${path}`;
});

afterEach(() => {
  process.env['PATH'] = path;
  host[Symbol.dispose]();
});

/** As the receiver does it. */
const REBUILD = `${confinedText}
confined "$scratch" sh -euc ${shellWord(rebuildText)} cm "$scratch"`;

/** Makes an archive of the folder `/made` as `making` leaves it, and packs it anew. */
const rebuilt = async (making: string): Promise<Output> =>
  host.run(
    script(
      '',
      `made=$1 scratch=$2
cd "$made"
echo '{}' > config.dump
echo '{}' > spec.dump
ln -s /elsewhere/images checkpoint
${making}
tar -cf "$scratch/import.tar" *
${REBUILD}
${noLinksText}
no_links image`,
      host.at('/made'),
      host.at('/scratch'),
    ),
  );

/** Type and name of each entry of an archive within the rebuilt one, in their order. */
async function entries(name: string): Promise<readonly string[]> {
  const text = `tar -xOf "$1/import.tar" "$2" | tar -tvf - --numeric-owner | awk '{print substr($0, 1, 10), $2, $6, $7, $8}'`;
  const {code, stdout, stderr} = await host.run(script('', text, host.at('/scratch'), name));
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim());
}

describe('an archive of podman is packed anew:', () => {
  test('everything that podman archives stays, links come last, and folders that had no entry get none', async () => {
    const ended = await rebuilt(`mkdir -p ../diff/etc/app ../diff/new
cd ../diff
ln -s conf etc/app/a-link
echo x > etc/app/conf
ln etc/app/conf etc/app/second
chmod 4755 etc/app/conf
chown 1000:1001 new
chmod 2750 new
echo y > "new/it's \\\\ here"
tar -cf "$made/rootfs-diff.tar" new etc/app/a-link etc/app/conf etc/app/second
mkdir ../shm
cd ../shm
echo z > memory
tar -cf "$made/devshm-checkpoint.tar" memory
cd "$made"
printf '[\\n     "/etc/motd",\\n     "/usr/share/a\\\\u0026b/c d"\\n]' > deleted.files
echo '{}' > network.status`);
    expect(ended).toMatchObject({code: 0, stderr: ''});
    const found = await entries('rootfs-diff.tar');
    expect(found.at(-1)).toBe('lrwxrwxrwx 0/0 ./etc/app/a-link -> conf');
    expect(new Set(found.slice(0, -1))).toEqual(
      new Set([
        'drwxr-s--- 1000/1001 ./new/',
        String.raw`-rw-r--r-- 0/1001 ./new/it's \\ here`,
        '-rwsr-xr-x 0/0 ./etc/app/conf',
        'hrwsr-xr-x 0/0 ./etc/app/second link to',
      ]),
    );
    expect(await entries('devshm-checkpoint.tar')).toEqual(['-rw-r--r-- 0/0 ./memory']);
    const at = script(
      '',
      'cd "$1"; mkdir got; tar -C got -xf import.tar; ls got',
      host.at('/scratch'),
    );
    const {stdout} = await host.run(at);
    expect(stdout.split('\n')).toEqual([
      ...['checkpoint', 'config.dump', 'deleted.files', 'devshm-checkpoint.tar'],
      ...['network.status', 'rootfs-diff.tar', 'spec.dump', ''],
    ]);
    expect(readlinkSync(host.at('/scratch/got/checkpoint'))).toBe(host.at('/scratch/images'));
  });

  test('a folder that replaces a link of the image has an entry, and comes before what is in it', async () => {
    const ended = await rebuilt(
      'mkdir -p ../diff/var/run; echo x > ../diff/var/run/x; tar -C ../diff -cf rootfs-diff.tar var',
    );
    expect(ended).toMatchObject({code: 0, stderr: ''});
    expect((await entries('rootfs-diff.tar')).map((line) => line.split(' ')[2])).toEqual([
      ...['./var/', './var/run/', './var/run/x'],
    ]);
  });

  test('a link that an upper layer of the image replaced is none', async () => {
    const ended = await rebuilt(
      'mkdir -p ../diff/var/lock; echo x > ../diff/var/lock/x; tar -C ../diff -cf rootfs-diff.tar var/lock/x',
    );
    expect(ended).toMatchObject({code: 0, stderr: ''});
  });

  test('of two descriptions podman gets the one that is compared', async () => {
    const ended = await rebuilt(
      `echo '{"first": 1}' > spec.dump; tar -cf ../one spec.dump; echo '{"second": 2}' > spec.dump; tar -cf ../two spec.dump; tar -Af ../one ../two; tar -cf "$scratch/import.tar" config.dump checkpoint; tar -Af "$scratch/import.tar" ../one; set -- import.tar; tar() { case $1 in -cf) ;; *) command tar "$@" ;; esac; }`,
    );
    expect(ended).toMatchObject({code: 0, stderr: ''});
    const read = script(
      '',
      'tar -xOf "$1/import.tar" spec.dump; cat "$1/archive/spec.dump"',
      host.at('/scratch'),
    );
    expect((await host.run(read)).stdout).toBe('{"second": 2}\n{"second": 2}\n');
  });

  test('it may be done twice', async () => {
    expect(await rebuilt('echo x > a; tar -cf rootfs-diff.tar a; rm a')).toMatchObject({code: 0});
    const again = script('', `scratch=$1\n${REBUILD}`, host.at('/scratch'));
    expect(await host.run(again)).toMatchObject({code: 0, stderr: ''});
    expect(await entries('rootfs-diff.tar')).toHaveLength(1);
  });
});

const link =
  'mkdir ../diff; cd ../diff; ln -s "$made/.." out; tar -cf one out; rm out; mkdir out; echo evil > out/evil';

/** What a source may do with the archive; what is said of it. */
const tricks: Readonly<Record<string, readonly [making: string, said: RegExp]>> = {
  'a file behind a link that stands before it': [
    `${link}; tar -cf two out/evil; tar -Af one two; mv one "$made/rootfs-diff.tar"; cd "$made"`,
    /rootfs-diff\.tar: /,
  ],
  'the same for /dev/shm': [
    `${link}; tar -cf two out/evil; tar -Af one two; mv one "$made/devshm-checkpoint.tar"; cd "$made"`,
    /devshm-checkpoint\.tar: /,
  ],
  'a file behind a link of the image': [
    'mkdir -p ../diff/var/run; echo x > ../diff/var/run/x; tar -C ../diff -cf rootfs-diff.tar var/run/x',
    /"\/var\/run" is a link in the image/,
  ],
  'a hard link to a file behind a link': [
    `${link}; ln out/evil second; tar -cf two --transform 's|^out/|out/../../|' out/evil second; tar -Af one two; mv one "$made/rootfs-diff.tar"; cd "$made"`,
    /rootfs-diff\.tar: /,
  ],
  'a name that leads upwards': [
    "echo x > x; tar -cPf rootfs-diff.tar --transform 's|^x$|../../outside|' x; rm x",
    /rootfs-diff\.tar: /,
  ],
  'a compressed archive, which podman would unpack': [
    'echo x > x; tar -czf rootfs-diff.tar x; rm x',
    /rootfs-diff\.tar: /,
  ],
  'a file that is mostly a hole': [
    'truncate -s 1T x; tar -cSf rootfs-diff.tar x; rm x',
    /a file in it is larger than what arrived of it/,
  ],
  'a path to delete that leads upwards': [
    `printf '["/../../../outside"]' > deleted.files`,
    /deleted\.files is no list/,
  ],
  'a path to delete with an escape': [
    String.raw`printf '["/\\u002e\\u002e/outside"]' > deleted.files`,
    /deleted\.files is no list/,
  ],
  'a path to delete behind a link of the image': [
    `printf '["/var/run/outside"]' > deleted.files`,
    /"\/var\/run" is a link in the image/,
  ],
  'a path to delete behind a link of the archive': [
    `mkdir ../diff; ln -s /outside ../diff/out; tar -C ../diff -cf rootfs-diff.tar out; printf '["/out/x"]' > deleted.files`,
    /"\/out" is a link/,
  ],
  'a relative path to delete': [
    `printf '["outside"]' > deleted.files`,
    /deleted\.files is no list/,
  ],
  'another file of the folder that podman has for the container': [
    'echo x > config.json',
    /nobody asked for ".\/config.json"/,
  ],
  'a link in place of a description': [
    'mv spec.dump ../spec; ln -s config.dump spec.dump',
    /nobody asked for ".\/spec.dump"/,
  ],
  'a link in place of one': ['ln -s /outside artifacts; true', /nobody asked for ".\/artifacts"/],
  'a folder of images of its own': [
    'rm checkpoint; mkdir checkpoint; echo x > checkpoint/x',
    /nobody asked for ".\/checkpoint/,
  ],
};

test.each(Object.entries(tricks))('%s: refused', async (_, [making, said]) => {
  const ended = await rebuilt(making);
  expect([ended.code, ended.stdout]).toEqual([65, '']);
  expect(ended.stderr).toMatch(/the checkpoint that arrived is not podman's own: /);
  expect(ended.stderr).toMatch(said);
  for (const name of ['/outside', '/evil']) expect(existsSync(host.at(name))).toBe(false);
});
