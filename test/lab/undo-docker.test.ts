import {beforeAll} from 'vitest';
import {testCutOff} from './cut-off.js';
import {DockerRig} from './docker-rig.js';
import {describeLab} from './rig.js';

describeLab('docker: a dump that is cut off', {lab: 'undod', images: []}, (rig) => {
  const docker = new DockerRig(rig);

  beforeAll(async () => {
    await docker.start(['redis']);
  });

  testCutOff(rig, {
    name: 'redis',
    folder: '/srv/some',
    run: async (last) => docker.redis('alpha', 'redis', last, '--volume', '/srv/some:/some'),
    pid: `docker container inspect --format '{{.State.Pid}}' redis`,
    where: async () => docker.where('redis'),
    on: {alpha: 'alpha running', beta: 'beta running'},
    plan: async (text) => docker.plan('cut', text),
    expectClean: async () => docker.expectClean(),
    clear: async () => docker.clear(),
  });
});
