import {afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {begins, type Ended, type Line} from './cm-run.js';
import {DockerRig} from './docker-rig.js';
import {describeLab, expectExit} from './rig.js';

/** Counts into a volume and into its writable layer; what it counts is only in its memory. */
const counting = `i=0; while :; do i=$((i + 1)); echo $i >> /data/one; echo $i >> /two; sleep 0.1; done`;

/** What it has counted so far, which has to be 1, 2, 3, … in both files. */
const countedText = `cd "$(docker volume inspect --format '{{.Mountpoint}}' data)"
docker exec count cat /two > /run/two
for file in one /run/two; do
  cat "$file" > /run/counted
  seq 1 "$(tail -n 1 /run/counted)" | cmp - /run/counted >&2
done
tail -n 1 one`;

describeLab('kept checkpoints of docker', {lab: 'keptd', images: ['redis']}, (rig) => {
  const docker = new DockerRig(rig);
  let plan: string;

  beforeAll(async () => {
    await docker.start(['redis']);
  }, 120_000);

  const cm = async (...words: readonly string[]): Promise<Ended> => {
    const ended = await rig.begin([...words, '--json']).ended;
    expectExit(ended, 0);
    return ended;
  };

  const counted = async (host = 'alpha'): Promise<number> =>
    Number(await rig.shell(host, countedText));

  /** Something that is changed after the checkpoint, in the volume and in the writable layer. */
  const mark = async (): Promise<string> =>
    rig.shell('alpha', 'docker exec count touch /data/mark /mark');

  const marked = async (host = 'alpha'): Promise<string> =>
    rig.shell(host, 'docker exec count sh -c "ls /data/mark /mark 2>/dev/null || :"');

  const list = async (): Promise<readonly Line[]> =>
    (await cm('checkpoint', 'ls', plan)).lines.filter(({type}) => type === 'checkpoint');

  beforeEach(async () => {
    plan = await docker.plan(
      'keptd',
      'containers:\n  count: {on: alpha, strategy: stateful, connections: close}\n',
    );
    await docker.run(
      'alpha',
      ...['--name', 'count', '--restart', 'always', '--network', 'lan', '--ip', rig.ip(20)],
      ...['--volume', 'data:/data', imageName('redis'), 'sh', '-c', counting],
    );
    await expect.poll(async () => counted(), {timeout: 10_000}).toBeGreaterThan(3);
  });

  afterEach(async () => {
    await docker.clear();
  });

  test('it goes on; back to where it was; forward again; and on another host', async () => {
    const before = await counted();
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(before);
    expect(await docker.see('alpha', 'count')).toMatchObject({
      State: {Running: true},
      HostConfig: {RestartPolicy: {Name: 'always'}},
    });

    await mark();
    const late = await counted();
    await cm('restore', 'count@latest', plan, '--yes');
    await counted();
    expect(await marked()).toBe('');
    expect(await docker.restored('alpha', 'count')).toBe(true);

    const safety = (await list()).at(-1);
    await cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(late);
    expect(await marked()).toBe('/data/mark\n/mark');

    await cm('restore', 'count@latest', plan, '--on', 'beta', '--yes');
    expect(await docker.where('count')).toBe('beta running');
    await counted('beta');
    expect(await marked('beta')).toBe('');
    expect(await docker.restored('beta', 'count')).toBe(true);
  });

  test('what was restored is not good: it is again what it was a moment ago', async () => {
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    await mark();
    plan = await docker.plan(
      'keptd',
      'containers:\n  count: {on: alpha, strategy: stateful, connections: close, verify: {exec: ["false"], within: 1s}}\n',
    );
    const before = await counted();
    const failed = await rig.begin(['restore', 'count@latest', plan, '--yes', '--json']).ended;
    expectExit(failed, 1);
    expect(await counted()).toBeGreaterThanOrEqual(before);
    expect(await marked()).toBe('/data/mark\n/mark');
  });

  test('the runner is killed when the restore begins: the next one brings it back', async () => {
    await cm('checkpoint', 'create', 'count', plan, '--yes');
    const before = await counted();
    const run = rig.begin(['restore', 'count@latest', plan, '--yes', '--json']);
    await run.until(begins('count/back-v0'));
    run.signal('SIGKILL');
    await run.ended;
    await rig.pass();
    await cm('resume', plan, '--yes');
    expect(await counted()).toBeGreaterThanOrEqual(before);
  });
});
