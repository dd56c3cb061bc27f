import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {quarantineBy} from '../../src/engines/criu/quarantine.js';
import type {Command} from '../../src/base/command.js';
import type {Output} from '../../src/hosts/transport.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair} from './podman-pair.js';

/* Real mounts, and a program in place of podman that knows one container. */
describe.runIf(process.getuid?.() === 0)('what is stopped cannot be started', () => {
  const {container} = aPair();
  let host: ShellHost;
  let states: string;

  beforeEach(() => {
    host = new ShellHost();
    states = host.at('/states');
    for (const folder of [states, host.at('/bin')]) mkdirSync(folder);
    writeFileSync(host.at('/running'), 'false\n');
    const podman = `#!/bin/sh -eu
case "$*" in
  *State.Running*) cat '${host.at('/running')}' ;;
  *.Id*) echo ${container.id} ;;
  *inspect*) ;;
  *) echo "$*" >> '${host.at('/done')}' ;;
esac
`;
    writeFileSync(host.at('/bin/podman'), podman);
    chmodSync(host.at('/bin/podman'), 0o755);
  });

  afterEach(async () => {
    await run(commands().quarantine(container).off);
    host[Symbol.dispose]();
  });

  const commands = () => quarantineBy('podman', states, 'podman start -- "$name"');
  const run = async ({argv}: Command): Promise<Output> =>
    host.run({argv: ['env', `PATH=${host.at('/bin')}:${process.env['PATH'] ?? ''}`, ...argv]});
  const folder = (): string => `${states}/${container.id}`;
  const isHeld = (): boolean =>
    readFileSync('/proc/mounts', 'utf8').includes(`cm-quarantine ${folder()} `);

  test('its folder of states is held, also when asked twice, and let go', async () => {
    const {on, off} = commands().quarantine(container);
    for (let times = 0; times < 2; times += 1) expect(await run(on)).toMatchObject({code: 0});
    expect(isHeld()).toBe(true);
    expect(() => {
      mkdirSync(`${folder()}/x`);
    }).toThrow('EROFS');
    expect(await run(off)).toMatchObject({code: 0});
    expect(isHeld()).toBe(false);
    expect(existsSync(folder())).toBe(false);
  });

  test('one that runs again is a failure, since somebody has started it', async () => {
    writeFileSync(host.at('/running'), 'true\n');
    const ran = await run(commands().quarantine(container).on);
    expect(ran).toMatchObject({code: 73});
    expect(ran.stderr).toContain('it runs again');
  });

  test('what the runtime has there is waited for, and never covered', async () => {
    mkdirSync(folder());
    writeFileSync(`${folder()}/state.json`, '{}');
    await run(commands().quarantine(container).on);
    expect(isHeld()).toBe(false);
    expect(existsSync(`${folder()}/state.json`)).toBe(true);
  });

  test('another container stays held when this one is let go, and its start lets it go', async () => {
    const id = 'e'.repeat(64);
    const other = commands().quarantine({...container, id});
    await run(other.on);
    await run(commands().quarantine(container).on);
    expect(await run(commands().start(container.name))).toMatchObject({code: 0});
    expect(isHeld()).toBe(false);
    expect(readFileSync(host.at('/done'), 'utf8')).toBe(`start -- ${container.name}\n`);
    expect(readFileSync('/proc/mounts', 'utf8')).toContain(`cm-quarantine ${states}/${id} `);
    await run(other.off);
  });
});
