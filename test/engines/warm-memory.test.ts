import {flat} from '../rig/flat-moves.js';
import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {script} from '../../src/base/command.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {letGoText, warmText} from '../../src/engines/criu/warm-memory.js';
import {ShellHost} from '../rig/shell-host.js';
import {aRuncPair} from './runc-pair.js';

let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
  mkdirSync(host.at('/scratch'));
});

afterEach(() => {
  host[Symbol.dispose]();
});

const sh = async (text: string, ...words: readonly string[]) =>
  host.run(script('', `scratch=$1; shift\n${text}`, host.at('/scratch'), ...words));

describe('memory that is touched before it is needed', () => {
  test('is held until it is let go', async () => {
    expect(await sh(`${warmText}\nwarm images "$1"`, '3000000')).toMatchObject({code: 0});
    expect(statSync(host.at('/scratch/warm-images')).size).toBe(3_000_000);
    expect(await sh(`${letGoText}\nlet_go images; let_go restored; wait`)).toMatchObject({code: 0});
    expect(existsSync(host.at('/scratch/warm-images'))).toBe(false);
  });

  test.each([
    ['nothing is needed', '0'],
    ['there is not plenty of room', '1000000000000000'],
  ])('not where %s', async (_, bytes) => {
    writeFileSync(host.at('/scratch/warm-images'), 'of a run before');
    expect(await sh(`${warmText}\nwarm images "$1"`, bytes)).toMatchObject({code: 0, stderr: ''});
    expect(existsSync(host.at('/scratch/warm-images'))).toBe(false);
  });
});

test.each([
  ['more', 5_000_000],
  ['less', 100],
  ['none', undefined],
])('what runc sends is whole where %s memory was made ready for it', async (_, warmed) => {
  mkdirSync(host.at('/made'));
  if (warmed !== undefined) writeFileSync(host.at('/scratch/warm-images'), Buffer.alloc(warmed, 1));
  writeFileSync(host.at('/scratch/warm-restored'), 'held');
  const {receive} = flat(runc.moves(aRuncPair('plain'), host.at('/scratch'))).checkpoint;
  const ended = await host.run(
    script(
      '',
      `made=$1; shift
(cd "$made"
mkdir images
for each in inventory.img pstree.img descriptors.json; do echo "$each" > "images/$each"; done
tar -cf rest images
head -c 300000 /dev/urandom > one
head -c 70000 /dev/urandom > two
printf '300000 pages-1.img\\n70000 pages-2.img\\n' > index
cat one two rest index
printf '%-63s\\n' "cm images $(stat -c %s rest) $(stat -c %s index)") | "$@"`,
      ...[host.at('/made'), ...receive.argv],
    ),
  );
  expect(ended).toMatchObject({code: 0, stderr: ''});
  for (const [sent, taken] of [
    ['one', 'pages-1.img'],
    ['two', 'pages-2.img'],
  ])
    expect(readFileSync(host.at(`/scratch/images/${taken}`))).toEqual(
      readFileSync(host.at(`/made/${sent}`)),
    );
});
