import {afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {Counter} from './counting.js';
import {DockerRig} from './docker-rig.js';
import {checkpoints} from './kept.js';
import {describeLab, expectExit} from './rig.js';

describeLab('kept checkpoints of docker', {lab: 'keptd', images: ['redis']}, (rig) => {
  const docker = new DockerRig(rig);
  const counter = new Counter(rig, 'docker');
  let plan: string;

  beforeAll(async () => {
    await docker.start(['redis']);
  });

  beforeEach(async () => {
    plan = await docker.plan(
      'keptd',
      'containers:\n  count: {on: alpha, strategy: stateful, connections: close}\n',
    );
    await docker.run(
      'alpha',
      ...['--name', 'count', '--restart', 'always', '--network', 'lan', '--ip', rig.ip(20)],
      ...['--volume', 'data:/data', imageName('redis'), ...counter.program],
    );
    await counter.begun();
  });

  afterEach(async () => {
    await docker.clear();
  });

  test('it goes on; back to where it was; forward again; and on another host', async () => {
    const before = await counter.counted();
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(before);
    expect(await docker.see('alpha', 'count')).toMatchObject({
      State: {Running: true},
      HostConfig: {RestartPolicy: {Name: 'always'}},
    });

    await counter.mark();
    const late = await counter.counted();
    await rig.cm('restore', 'count@latest', plan, '--yes');
    await counter.counted();
    expect(await counter.marked()).toBe('');
    expect(await docker.restored('alpha', 'count')).toBe(true);

    const safety = (await checkpoints(rig, plan)).at(-1);
    await rig.cm('restore', String(safety?.['id']), plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(late);
    expect(await counter.marked()).toBe('/data/mark\n/mark');

    await rig.cm('restore', 'count@latest', plan, '--on', 'beta', '--yes');
    expect(await docker.where('count')).toBe('beta running');
    await counter.counted('beta');
    expect(await counter.marked('beta')).toBe('');
    expect(await docker.restored('beta', 'count')).toBe(true);
  });

  test('what was restored is not good: it is again what it was a moment ago', async () => {
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    await counter.mark();
    plan = await docker.plan(
      'keptd',
      'containers:\n  count: {on: alpha, strategy: stateful, connections: close, verify: {exec: ["false"], within: 1s}}\n',
    );
    const before = await counter.counted();
    const failed = await rig.begin(['restore', 'count@latest', plan, '--yes', '--json']).ended;
    expectExit(failed, 1);
    expect(await counter.counted()).toBeGreaterThanOrEqual(before);
    expect(await counter.marked()).toBe('/data/mark\n/mark');
  });

  test('the runner is killed when the restore begins: the next one brings it back', async () => {
    await rig.cm('checkpoint', 'create', 'count', plan, '--yes');
    const before = await counter.counted();
    await rig.killAt('count/back-v0', 'restore', 'count@latest', plan);
    await rig.pass();
    await rig.cm('resume', plan, '--yes');
    expect(await counter.counted()).toBeGreaterThanOrEqual(before);
  });
});
