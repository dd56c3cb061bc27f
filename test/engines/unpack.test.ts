import {flat} from '../rig/flat-moves.js';
import {existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {script, type Command} from '../../src/base/command.js';
import {dockerMoves} from '../../src/engines/docker/moves.js';
import {podmanMoves} from '../../src/engines/podman/moves.js';
import {runc} from '../../src/engines/bundle/engine.js';
import type {Output} from '../../src/hosts/transport.js';
import {ShellHost} from '../rig/shell-host.js';
import {aPair as aDockerPair} from './docker-pair.js';
import {aPair} from './podman-pair.js';
import {aRuncPair} from './runc-pair.js';

/*
 * A source that somebody else has taken over sends what it likes. The target takes it as it takes everything,
 * with the real tar, and nothing may come to lie outside of the folder of the run.
 */

let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  for (const folder of ['/scratch', '/made', '/outside', '/store'])
    mkdirSync(host.at(folder), {recursive: true});
  // as the run has made it for itself
  symlinkSync(host.at('/outside'), host.at('/scratch/bundle'));
  writeFileSync(host.at('/scratch/store'), host.at('/store/checkpoint'));
});

afterEach(() => {
  host[Symbol.dispose]();
});

/** Makes a stream in the folder `$made`; what it prints is what is sent. */
const sends: Readonly<Record<string, string>> = {
  'a file above the folder': "echo x > x; tar -cPf - --transform 's|^x$|../../outside/x|' x",
  'a file with an absolute path': 'tar -cPf - --transform "s|^made|$outside/x|" -C .. made',
  'a file in a folder that the run has a link to':
    'mkdir bundle; echo x > bundle/config.json; tar -cf - bundle',
  'a link, and a file behind it':
    'mkdir images; ln -s "$outside" images/parent; tar -cf one images; rm images/parent; mkdir images/parent; echo x > images/parent/x; tar -cf two images; tar -Af one two; cat one',
  'a link to somewhere else': 'mkdir images; ln -s /etc images/parent; tar -cf - images',
  'a link of another name': 'mkdir images; ln -s ../1 images/pages-1.img; tar -cf - images',
  'a hard link to a file outside':
    'mkdir images; echo x > "$outside/../secret"; ln "$outside/../secret" images/a; ln images/a images/b; tar -cPf - --transform "s|^images/a$|$outside/../secret|" images/b images/a',
  'a pipe in place of an image': 'mkdir images; mkfifo images/pages-1.img; tar -cf - images',
  'a device': 'mkdir images; ln -s /dev/zero images/x; tar -chf - images 2>/dev/null',
  'a file that is mostly a hole':
    'mkdir images; truncate -s 1T images/pages-1.img; tar -cSf - images',
  'a compressed archive': 'mkdir images; echo x > images/a; tar -czf - images',
  'what nobody asked for': 'mkdir images; echo x > criu.conf; tar -cf - images criu.conf',
  'an absolute link': 'mkdir images; ln -s "$outside" images/parent; tar -cf - images',
  'no archive': 'head -c 100000 /dev/urandom',
};

const receivers: Readonly<Record<string, () => Command>> = {
  podman: () => flat(podmanMoves(aPair(), host.at('/scratch'))).checkpoint.receive,
  'a round of podman': () => {
    const {rounds} = podmanMoves(aPair(), host.at('/scratch'));
    if (!rounds) throw new Error('no rounds');
    return rounds.receive;
  },
  docker: () => flat(dockerMoves(aDockerPair(), host.at('/scratch'))).checkpoint.receive,
};

const take = async (making: string, {argv}: Command): Promise<Output> =>
  host.run(
    script(
      '',
      `outside=$1 made=$2; shift 2
(cd "$made"; ${making}) | "$@"`,
      ...[host.at('/outside'), host.at('/made'), ...argv],
    ),
  );

describe.each(Object.keys(receivers))('%s', (name) => {
  test.each(Object.keys(sends))('%s: refused, and nothing is outside', async (what) => {
    const receive = receivers[name]?.();
    if (!receive) throw new Error(name);
    const ended = await take(sends[what] ?? '', receive);
    expect(ended.code).toBe(65);
    // A link that tar makes only at its end may be gone by then, and what was to be behind it with it.
    expect(ended.stderr).toMatch(/what arrived is (?:no checkpoint|not whole)/u);
    expect(readdirSync(host.at('/outside'))).toEqual([]);
  });
});

describe('a stream of runc', () => {
  const receive = (): Command =>
    flat(runc.moves(aRuncPair('plain'), host.at('/scratch'))).checkpoint.receive;
  const stream = (
    folder: string,
    index: string,
    lengths = '$(stat -c %s rest) $(stat -c %s index)',
  ) =>
    `mkdir images; echo x > images/inventory.img; tar -cf rest images; printf '%s\\n' ${index} > index; printf evil; cat rest index; printf '%-63s\\n' "cm ${folder} ${lengths}"`;

  test.each([
    [
      'a page image outside',
      stream('images', '"4 ../../outside/x"'),
      'it names what is no page image',
    ],
    [
      'a folder outside',
      stream('rounds/1/../../../outside', '"4 pages-1.img"'),
      'is no place for it',
    ],
    [
      'lengths that are a program',
      stream('images', '"4 pages-1.img"', 'a[\\$(echo>$outside/x)] 5'),
      'its lengths are no numbers',
    ],
  ])('%s: refused', async (_, making, because) => {
    const ended = await take(making, receive());
    expect(ended.code).toBe(65);
    expect(ended.stderr).toContain(because);
    expect(readdirSync(host.at('/outside'))).toEqual([]);
    expect(existsSync(host.at('/outside/x'))).toBe(false);
  });
});
