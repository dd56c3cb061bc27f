import {afterEach, beforeEach, expect, test} from 'vitest';
import {imageName, reboot} from '../../src/lab/lab.js';
import {begins, type Ended, type Line} from './cm-run.js';
import {describeLab, expectExit, must} from './rig.js';

/** It counts in its memory and writes it into its volume: a gap or a repeat would be seen. */
const counting = 'i=0; while :; do i=$((i + 1)); echo $i >> /data/counted; sleep 0.1; done';

const countedText = `cd "$(podman volume inspect --format '{{.Mountpoint}}' data)"
cat counted > /run/counted
seq 1 "$(tail -n 1 /run/counted)" | cmp - /run/counted >&2
tail -n 1 /run/counted`;

/** A podman whose restores take their time and come to nothing: whoever waits for one can be killed meanwhile. */
const podman = '/usr/local/bin/podman';
const slowRestore = `#!/bin/sh
[ "$1 $2" != 'container restore' ] || { sleep 4; exit 1; }
exec /usr/bin/podman "$@"`;

describeLab('what a container should be doing', {lab: 'states', images: ['redis']}, (rig) => {
  const planned = async (state: string, on = 'alpha'): Promise<string> =>
    rig.plan('states', `containers:\n  count: {on: ${on}, strategy: stateful${state}}\n`);

  const cm = async (...words: readonly string[]): Promise<Ended> => {
    const ended = await rig.begin([...words, '--json']).ended;
    expectExit(ended, 0);
    return ended;
  };

  const apply = async (state: string, on = 'alpha'): Promise<Ended> =>
    cm('apply', await planned(state, on), '--yes');

  const steps = (ended: Ended): readonly Line[] =>
    ended.lines.filter(({type}) => type === 'step-started');

  /** The second time there is nothing to do. */
  async function applyTwice(state: string, on = 'alpha'): Promise<Ended> {
    const ended = await apply(state, on);
    expect(steps(await apply(state, on))).toEqual([]);
    return ended;
  }

  const counted = async (host = 'alpha'): Promise<number> =>
    Number(await rig.shell(host, countedText));

  /** Only checkpoints, which are meant to be there, and what is written down of them. */
  const leftovers = async (): Promise<readonly string[]> =>
    (await rig.leftovers()).filter((line) => !/checkpoints\/count\/[0-9TZ]+-\w+\//.test(line));

  beforeEach(async () => {
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

  test('stopped, moved as it is, and started where it came to: with its restart policy', async () => {
    await applyTwice(', state: stopped');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: false, policy: 'no'});
    await applyTwice(', state: stopped', 'beta');
    expect(await rig.see('beta', 'count')).toMatchObject({running: false, policy: 'no'});
    expect(await rig.see('alpha', 'count')).toBeUndefined();
    const before = await rig.shell('beta', 'podman volume ls --quiet');
    expect(before).toContain('data');

    await applyTwice(', state: running', 'beta');
    expect(await rig.see('beta', 'count')).toMatchObject({running: true, policy: 'always'});
    expect(await leftovers()).toEqual([]);
  });

  test('the runner is killed when it comes back, and nothing of it is left but what is kept: the next one brings it', async () => {
    await apply(', state: parked');
    const parkedAt = await counted();
    await rig.shell('alpha', `printf '%s\\n' "$1" > ${podman}; chmod +x ${podman}`, slowRestore);
    const plan = await planned(', state: running');
    const run = rig.begin(['apply', plan, '--yes', '--json']);
    await run.until(begins('count/restore'));
    run.signal('SIGKILL');
    await run.ended;
    await rig.shell('alpha', `rm ${podman}`);
    await rig.pass();
    expect(await rig.where('count')).toBe('');
    await applyTwice(', state: running');
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted()).toBeGreaterThan(parkedAt);
    expect(await leftovers()).toEqual([]);
  });

  test('parked through a reboot of its host, and back with its memory; then parked on another host', async () => {
    await applyTwice(', state: parked');
    expect(await rig.see('alpha', 'count')).toMatchObject({running: false, policy: 'no'});
    const parkedAt = await counted();
    must(await reboot(rig.place, rig.lab, 'alpha'));

    const status = await cm('status', await planned(', state: parked'));
    expect(status.stdout).toContain('"state":"parked"');
    // Nobody starts it fresh, and what it comes back from is not removed.
    expect(steps(await apply(''))).toEqual([]);
    expect(steps(await apply(', state: stopped'))).toEqual([]);
    const [kept] = (await cm('checkpoint', 'ls', await planned(''))).lines.filter(
      ({type}) => type === 'checkpoint',
    );
    const words = ['checkpoint', 'rm', String(kept?.['id']), await planned(''), '--yes', '--json'];
    const refused = await rig.begin(words).ended;
    expectExit(refused, 14);
    expect(refused.stdout).toContain('parked-upon');
    expect(await counted()).toBe(parkedAt);

    await applyTwice(', state: running');
    expect(await rig.see('alpha', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted()).toBeGreaterThan(parkedAt);

    // It comes to where it belongs, and is parked there, in one run.
    await apply(', state: parked');
    await applyTwice(', state: parked', 'beta');
    expect(await rig.see('alpha', 'count')).toBeUndefined();
    expect(await rig.see('beta', 'count')).toMatchObject({running: false, policy: 'no'});
    const there = await counted('beta');
    await applyTwice(', state: running', 'beta');
    expect(await rig.see('beta', 'count')).toMatchObject({restored: true, policy: 'always'});
    await expect.poll(async () => counted('beta')).toBeGreaterThan(there);
    expect(await leftovers()).toEqual([]);
  });
});
