import {afterEach, expect, test} from 'vitest';
import type {Ended, Line} from './cm-run.js';
import {begins} from './cm-run.js';
import {describeLab, expectExit} from './rig.js';
import {clear, leftovers, plan as planOf, startBundle, where} from './runc-rig.js';

const counting = `i=0; while :; do i=$((i + 1)); echo $i >> /files/one; echo $i >> /two; sleep 0.5; done`;

/** What it has counted so far, which has to be 1, 2, 3, … in both files. */
const countedText = `for file in /srv/count-data/one /srv/count/rootfs/two; do
  cat "$file" > /run/counted
  seq 1 "$(tail -n 1 /run/counted)" | cmp - /run/counted >&2
done
tail -n 1 /srv/count-data/one`;

describeLab('kept checkpoints of runc', {lab: 'keptr', images: ['redis']}, (rig) => {
  let plan: string;

  afterEach(async () => {
    await clear(rig);
  });

  const cm = async (...words: readonly string[]): Promise<Ended> => {
    const ended = await rig.begin([...words, '--json']).ended;
    expectExit(ended, 0);
    return ended;
  };

  const counted = async (host = 'alpha'): Promise<number> =>
    Number(await rig.shell(host, countedText));

  /** Something that is changed after the checkpoint, in a bind mount and in its own files. */
  const mark = async (): Promise<string> =>
    rig.shell('alpha', 'runc exec count touch /files/mark /mark');

  const marked = async (host = 'alpha'): Promise<string> =>
    rig.shell(host, 'runc exec count sh -c "ls /files/mark /mark 2>/dev/null || :"');

  const list = async (): Promise<readonly Line[]> =>
    (await cm('checkpoint', 'ls', plan)).lines.filter(({type}) => type === 'checkpoint');

  const start = async (): Promise<void> => {
    plan = await planOf(rig, 'keptr', 'containers: {count: {on: alpha, strategy: stateful}}\n');
    const place = {last: 30, network: 'hook', image: 'redis'} as const;
    await startBundle(rig, 'count', place, ['sh', '-c', counting]);
    await expect.poll(async () => counted(), {timeout: 10_000}).toBeGreaterThan(3);
  };

  test('it goes on; back to where it was; forward again; and on another host', async () => {
    await start();
    const before = await counted();
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(before);
    expect(await where(rig, 'count')).toBe('alpha running');

    await mark();
    const late = await counted();
    await cm('restore', 'count@latest', plan, '--yes');
    expect(await where(rig, 'count')).toBe('alpha running restored');
    await counted();
    expect(await marked()).toBe('');

    const safety = (await list()).at(-1);
    await cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(late);
    expect(await marked()).toBe('/files/mark\n/mark');

    await cm('restore', 'count@latest', plan, '--on', 'beta', '--yes');
    expect(await where(rig, 'count')).toBe('beta running restored');
    await counted('beta');
    expect(await marked('beta')).toBe('');
    const left = (await leftovers(rig, 'count')).filter(
      (line) => !line.includes('checkpoints/count'),
    );
    expect(left).toEqual([]);
  });

  test('the runner is killed when what was there is gone: the next one brings it back', async () => {
    await start();
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    await mark();
    const before = await counted();
    const run = rig.begin(['restore', 'count@latest', plan, '--yes', '--json']);
    await run.until(begins('count/back-v0'));
    run.signal('SIGKILL');
    await run.ended;
    await rig.pass();
    await cm('resume', plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(before);
    expect(await marked()).toBe('/files/mark\n/mark');
  });
});
