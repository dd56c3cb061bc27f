import {beforeAll} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {Counter} from './counting.js';
import {DockerRig} from './docker-rig.js';
import {butKept} from './kept.js';
import {describeLab} from './rig.js';
import {testStates} from './states.js';

describeLab('what docker should be doing', {lab: 'statesd', images: ['redis']}, (rig) => {
  const docker = new DockerRig(rig);
  const counter = new Counter(rig, 'docker');

  beforeAll(async () => {
    await docker.start(['redis']);
  });

  testStates(rig, {
    counter,
    policy: 'always',
    run: async () => {
      await docker.run(
        'alpha',
        ...['--name', 'count', '--restart', 'always', '--network', 'lan', '--ip', rig.ip(20)],
        ...['--volume', 'data:/data', imageName('redis'), ...counter.program],
      );
      await counter.begun();
    },
    see: async (host) => {
      const told = await docker.see(host, 'count');
      if (!told) return undefined;
      const running = told.State.Running;
      const restored = running && (await docker.restored(host, 'count'));
      return {running, restored, policy: told.HostConfig.RestartPolicy.Name};
    },
    plan: async (text) => docker.plan('states', text),
    restarted: async () => docker.start([]),
    leftovers: async () => butKept(await rig.leftovers()),
    clear: async () => docker.clear(),
  });
});
