import {afterEach, beforeEach, expect, test} from 'vitest';
import {imageName, reboot} from '../../src/lab/lab.js';
import type {Line} from './cm-run.js';
import {begins, type Ended} from './cm-run.js';
import {describeLab, expectExit, must} from './rig.js';

/** A shell that forks another one: both count, the one also into its writable layer. Nothing may be left out, and nothing come twice. */
const counting = `
i=0
(j=0; while :; do j=$((j + 1)); echo $j >> /data/two; sleep 0.1; done) &
while :; do i=$((i + 1)); echo $i >> /data/one; echo $i >> /one; sleep 0.1; done`;

/** What it has counted so far, which has to be 1, 2, 3, … in every file. */
const countedText = `cd "$(podman volume inspect --format '{{.Mountpoint}}' data)"
podman exec count cat /one > /run/three
for file in one two /run/three; do
  cat "$file" > /run/counted
  seq 1 "$(tail -n 1 /run/counted)" | cmp - /run/counted >&2
done
tail -n 1 one`;

/** A podman whose restores take their time and come to nothing: whoever waits for one can be killed meanwhile. */
const podman = '/usr/local/bin/podman';
const slowRestore = `#!/bin/sh
[ "$1 $2" != 'container restore' ] || { sleep 4; exit 1; }
exec /usr/bin/podman "$@"`;

const kept = (ended: Ended): readonly Line[] =>
  ended.lines.filter(({type}) => type === 'checkpoint');

describeLab('kept checkpoints', {lab: 'kept', images: ['redis']}, (rig) => {
  let plan: string;

  const planned = async (more = '', on = 'alpha'): Promise<string> =>
    rig.plan('kept', `containers:\n  count: {on: ${on}, strategy: stateful${more}}\n`);

  const cm = async (...words: readonly string[]): Promise<Ended> => {
    const ended = await rig.begin([...words, '--json']).ended;
    expectExit(ended, 0);
    return ended;
  };

  const counted = async (host = 'alpha'): Promise<number> =>
    Number(await rig.shell(host, countedText));

  /** Something that is changed after the checkpoint, in the volume and in the writable layer. */
  const mark = async (): Promise<string> =>
    rig.shell('alpha', 'podman exec count touch /data/mark /mark');

  const marked = async (host = 'alpha'): Promise<string> =>
    rig.shell(host, 'podman exec count sh -c "ls /data/mark /mark 2>/dev/null || :"');

  const list = async (): Promise<readonly Line[]> => kept(await cm('checkpoint', 'ls', plan));

  /** All but what is kept, which is meant to be there. */
  const leftovers = async (): Promise<readonly string[]> =>
    (await rig.leftovers()).filter((line) => !/checkpoints\/count\/[0-9TZ]+-\w+\//.test(line));

  beforeEach(async () => {
    plan = await planned();
    await rig.shell(
      'alpha',
      'podman run --detach --name count --restart=always --network lan --ip "$1" --volume data:/data -- "$2" sh -c "$3" >/dev/null',
      rig.ip(20),
      imageName('redis'),
      counting,
    );
    await expect.poll(async () => counted(), {timeout: 10_000}).toBeGreaterThan(3);
  });

  afterEach(async () => {
    await rig.clear();
  });

  test('it goes on as if nothing had been; and back to where it was, as often as one likes', async () => {
    await cm('checkpoint', 'create', 'count', plan, '--yes', '--note', 'first');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: true, policy: 'always'});
    const [one] = await list();
    expect(one).toMatchObject({container: 'count', host: 'alpha'});
    const inspected = kept(await cm('checkpoint', 'inspect', String(one?.['id']), plan));
    expect(JSON.stringify(inspected)).toContain('"parent":1,"name":"sh"');

    await mark();
    const late = await counted();
    await cm('restore', 'count@latest', plan, '--yes');
    const back = await counted();
    expect(await marked()).toBe('');
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted()).toBeGreaterThan(back);
    expect((await list()).map(({id}) => id)).toHaveLength(2);

    // What it was before it went back is kept as well.
    const safety = (await list()).at(-1);
    await cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(late);
    expect(await marked()).toBe('/data/mark\n/mark');
    expect(await leftovers()).toEqual([]);
  });

  test('a byte of what is kept is another: found before anything is stopped', async () => {
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    await rig.shell(
      'alpha',
      'printf x | dd of="$(echo /var/lib/cm/checkpoints/count/*/checkpoint.tar)" bs=1 seek=90001 conv=notrunc 2>/dev/null',
    );
    const {startedAt} = (await rig.see('alpha', 'count')) ?? {};
    const failed = await rig.begin(['restore', 'count@latest', plan, '--yes', '--json']).ended;
    expectExit(failed, 1);
    expect(failed.stdout).toContain('is not what was kept');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: true, startedAt});
    expect(await leftovers()).toEqual([]);
  });

  test('what was restored is not good: it is again what it was a moment ago', async () => {
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    await mark();
    plan = await planned(', verify: {exec: ["false"], within: 1s}');
    const before = await counted();
    const failed = await rig.begin(['restore', 'count@latest', plan, '--yes', '--json']).ended;
    expectExit(failed, 1);
    expect(failed.stdout).toContain('not-verified');
    expect(await counted()).toBeGreaterThanOrEqual(before);
    expect(await marked()).toBe('/data/mark\n/mark');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: true, policy: 'always'});
    expect(await leftovers()).toEqual([]);
  });

  test.each([
    ['while it is frozen', ['checkpoint', 'create', 'count'], 'count/resume', false],
    ['when what was there is gone', ['restore', 'count@latest'], 'count/restore', true],
  ])('the runner is killed %s: the next one brings it back', async (_, words, step, restarts) => {
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    const before = await counted();
    await rig.shell('alpha', `printf '%s\\n' "$1" > ${podman}; chmod +x ${podman}`, slowRestore);
    const run = rig.begin([...words, plan, '--yes', '--json']);
    await run.until(begins(step));
    run.signal('SIGKILL');
    await run.ended;
    await rig.shell('alpha', `rm ${podman}`);
    expect(await rig.where('count')).not.toBe('alpha running');
    // What is in memory only is gone then.
    if (restarts) must(await reboot(rig.place, rig.lab, 'alpha'));
    await rig.pass();
    await cm('resume', plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(before);
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    expect(await leftovers()).toEqual([]);
  });

  test('on another host, which has nothing of it; and again, from a host where it is not any more', async () => {
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    await mark();
    const late = await counted();
    await cm('restore', 'count@latest', plan, '--on', 'beta', '--yes');
    expect(await rig.where('count')).toBe('beta running');
    await counted('beta');
    expect(await marked('beta')).toBe('');
    expect(await rig.see('beta', 'count')).toMatchObject({restored: true, policy: 'always'});

    const safety = (await list()).at(-1);
    await cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await rig.where('count')).toBe('beta running');
    expect(await counted('beta')).toBeGreaterThanOrEqual(late);
    expect(await marked('beta')).toBe('/data/mark\n/mark');
    expect(await leftovers()).toEqual([]);

    // Nobody knows it any more but what is kept of it.
    await rig.shell('beta', 'podman rm --force --time 0 count');
    await cm('restore', 'count@latest', plan, '--yes');
    expect(await rig.where('count')).toBe('alpha running');
    await counted();
    expect(await marked()).toBe('');
    expect(await leftovers()).toEqual([]);
  });

  test('two at once: one keeps it, the other touches nothing', async () => {
    const runs = [1, 2].map(() =>
      rig.begin(['checkpoint', 'create', 'count', plan, '--yes', '--json']),
    );
    const ended = await Promise.all(runs.map(async (run) => run.ended));
    expect(ended.map(({exit}) => exit).sort()).toEqual([0, 11]);
    expect(await list()).toHaveLength(1);
    await counted();
    expect(await leftovers()).toEqual([]);
  });
});
