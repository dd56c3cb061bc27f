import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {withEvil} from '../rig/evil-program.js';
import type {Command} from '../../src/base/command.js';
import {dockerMoves} from '../../src/engines/docker/moves.js';
import {podmanMoves} from '../../src/engines/podman/moves.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {ShellHost} from '../rig/shell-host.js';
import {flat} from '../rig/flat-moves.js';
import {aPair as aDockerPair} from './docker-pair.js';
import {aPair} from './podman-pair.js';
import {aRuncPair} from './runc-pair.js';

/*
 * Archives of another host are read by tar as root. Here a tar that obeys the archive takes its place: it reads and writes
 * whatever it can reach.
 */

let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/scratch/t', '/outside', '/store', '/upper'])
    mkdirSync(host.at(folder), {recursive: true});
  writeFileSync(host.at('/outside/secret'), 'of the target');
  writeFileSync(host.at('/scratch/t/receive'), 'of the link');
  writeFileSync(host.at('/scratch/store'), host.at('/store/checkpoint'));
});

afterEach(() => {
  host[Symbol.dispose]();
});

const images = 'mkdir images; echo x > images/inventory.img; tar -cf - images';
const stream =
  'mkdir images; echo x > images/inventory.img; tar -cf rest images; echo "4 pages-1.img" > index; printf page; cat rest index; printf "%-63s\\n" "cm images $(stat -c %s rest) $(stat -c %s index)"';
const archive =
  'echo "{}" > spec.dump; echo x > x; tar -cf rootfs-diff.tar x; tar -cf import.tar spec.dump rootfs-diff.tar; rm spec.dump; tar -cf - import.tar';

const receivers: Readonly<Record<string, readonly [() => Command, made: string]>> = {
  podman: [() => flat(podmanMoves(aPair(), host.at('/scratch'))).checkpoint.receive, images],
  'a round of podman': [
    () => {
      const {rounds} = podmanMoves(aPair(), host.at('/scratch'));
      if (!rounds) throw new Error('no rounds');
      return rounds.receive;
    },
    'mkdir rounds; echo x > rounds/1.sizes; tar -cf - rounds',
  ],
  docker: [() => flat(dockerMoves(aDockerPair(), host.at('/scratch'))).checkpoint.receive, images],
  runc: [
    () => flat(runc.moves(aRuncPair('plain'), host.at('/scratch'))).checkpoint.receive,
    stream,
  ],
  'what podman imports': [
    () => flat(podmanMoves(aPair(), host.at('/scratch'))).checkpoint.receive,
    archive,
  ],
};

test.each(Object.keys(receivers))(
  '%s: what reads an archive reaches nothing else',
  async (name) => {
    const [command, made] = receivers[name] ?? [];
    if (!command || made === undefined) throw new Error(name);
    const {stderr} = await host.run(withEvil(host, 'tar', command(), made));
    expect(stderr).toContain('this tar is evil');
    expect(stderr).not.toContain('of the target');
    expect(readdirSync(host.at('/outside'))).toEqual(['secret']);
    expect(readdirSync(host.root)).not.toContain('evil');
    expect(readdirSync(host.at('/scratch'))).not.toContain('evil');
    expect(readFileSync(host.at('/scratch/t/receive'), 'utf8')).toBe('of the link');
    expect(readFileSync(host.at('/scratch/store'), 'utf8')).toBe(host.at('/store/checkpoint'));
  },
);
