import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Pair} from '../../src/engines/engine.js';
import type {Mount} from '../../src/engines/facts.js';
import {boundFolder, removeFolders} from '../../src/engines/oci/volume-commands.js';
import {podmanFirstMount} from '../../src/engines/podman/volume.js';
import {survey} from '../planner/world.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair} from './podman-pair.js';

let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/srv', '/data', '/etc', '/scratch/to'])
    mkdirSync(host.at(folder), {recursive: true});
  writeFileSync(host.at('/etc/passwd'), 'of the host');
});

afterEach(() => {
  host[Symbol.dispose]();
});

const at = () => host.at('/scratch/to/v0');

const bind = (source: string): Mount => ({
  ...{kind: 'bind', name: '/x', destination: '/x', source, readOnly: false},
});

/** Two hosts of which the target has told that this folder leads there. */
const pairOf = (value: string, path: string): Pair => ({
  ...aPair(),
  target: survey({
    usage: {
      ...{engineFolders: [], tenants: [], volumes: []},
      landings: [{mount: 'bind', value, path, linkedOutside: 0}],
    },
  }),
});

const make = async (source: string, real: string) => {
  const pair = pairOf(host.at(source), host.at(real));
  return host.run(boundFolder(pair, bind(host.at(source)), at()));
};

describe('the folder of a bind mount on its target', () => {
  test('is made, and is gone again when the move is undone', async () => {
    expect((await make('/srv/new/deep', '/srv/new/deep')).code).toBe(0);
    expect(readlinkSync(at())).toBe(host.at('/srv/new/deep'));
    expect((await host.run(removeFolders(host.at('/scratch')))).code).toBe(0);
    expect(existsSync(host.at('/srv/new/deep'))).toBe(false);
  });

  test('is made where links lead, and named by that', async () => {
    symlinkSync(host.at('/data'), host.at('/srv/link'));
    symlinkSync('../data/absent', host.at('/srv/dangling'));
    for (const [source, real] of [
      ['/srv/link/new', '/data/new'],
      ['/srv/dangling', '/data/absent'],
    ] as const) {
      expect((await make(source, real)).stderr).toBe('');
      expect(readlinkSync(at())).toBe(host.at(real));
    }
  });

  test.each([
    ['a link in its place', '/srv/y', '/srv/y', '/etc'],
    ['a link to a folder that is not there', '/srv/y', '/srv/y', '/etc/new'],
    ['a link above it', '/srv/y/deep', '/srv/y', '/etc'],
  ])('%s that came after the plan ends the move', async (_, source, link, to) => {
    symlinkSync(host.at(to), host.at(link));
    const made = await make(source, source);
    expect(made.code).not.toBe(0);
    expect(made.stderr).toContain(link);
    expect(existsSync(at())).toBe(false);
    expect(existsSync(host.at('/etc/new'))).toBe(false);
  });

  test('what a link leads to by then is not removed when the move is undone', async () => {
    expect((await make('/srv/new/etc', '/srv/new/etc')).code).toBe(0);
    rmSync(host.at('/srv/new'), {recursive: true});
    symlinkSync(host.root, host.at('/srv/new'));
    expect((await host.run(removeFolders(host.at('/scratch')))).code).toBe(0);
    expect(readFileSync(host.at('/etc/passwd'), 'utf8')).toBe('of the host');
  });
});

describe('what podman does to a new volume at its first mount', () => {
  const volume = (name: string, destination: string): Mount => ({
    ...{kind: 'volume', name, destination, source: `/v/${name}`, readOnly: false},
  });

  /** Runs it where podman would still do this to these volumes, and tells what podman is asked. */
  const asked = async (mounts: readonly Mount[], fresh: readonly string[], init = 'true') => {
    mkdirSync(host.at('/bin'), {recursive: true});
    writeFileSync(
      host.at('/bin/podman'),
      `#!/bin/sh
case $1 in
  volume) for name; do :; done; case " ${fresh.join(' ')} " in *" $name "*) echo true true ;; *) echo false false ;; esac ;;
  *) echo "$*" >> "${host.at('/asked')}"; [ "$1" != init ] || ${init} ;;
esac
`,
      {mode: 0o755},
    );
    const command = podmanFirstMount(aPair(), mounts);
    if (!command) return undefined;
    const path = `PATH=${host.at('/bin')}:/usr/bin:/bin`;
    const {code, stderr} = await host.run({...command, argv: ['env', path, ...command.argv]});
    expect(code, stderr).toBe(0);
    return existsSync(host.at('/asked')) ? readFileSync(host.at('/asked'), 'utf8') : '';
  };

  test('is done for those that need it, by a container that never runs and does not stay', async () => {
    const lines = await asked([volume('old', '/o'), bind('/srv/x'), volume('new', '/n')], ['new']);
    const [first, create, init, last] = lines?.trim().split('\n') ?? [];
    expect(create).toContain('--pull never --network none');
    expect(create).toContain(`--volume=new:/n -- ${aPair().container.image.id}`);
    expect(create).not.toContain('old');
    expect(init).toMatch(/^init -- cm-first-mount-/);
    expect([first, last]).toEqual(Array(2).fill(first));
    expect(first).toMatch(/^rm --force --time 0 -- cm-first-mount-/);
  });

  test('is done where the container cannot be started, as none of them can', async () => {
    expect(await asked([volume('new', '/n')], ['new'], 'exit 127')).toContain('init');
  });

  test('is not asked for where no volume needs it', async () => {
    expect(await asked([volume('old', '/o')], [])).toBe('');
    expect(await asked([bind('/srv/x')], [])).toBeUndefined();
  });
});
