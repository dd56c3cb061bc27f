import {expect} from 'vitest';
import {testCutOff} from './cut-off.js';
import {describeLab} from './rig.js';

describeLab('podman: a dump that is cut off', {lab: 'undop', images: ['redis']}, (rig) => {
  testCutOff(rig, {
    name: 'redis',
    folder: '/srv/some',
    run: async (last) => rig.redis('alpha', 'redis', last, ['--volume', '/srv/some:/some']),
    pid: `podman container inspect --format '{{.State.Pid}}' redis`,
    where: async () => rig.where('redis'),
    on: {alpha: 'alpha running', beta: 'beta running'},
    plan: async (text) => rig.plan('cut', text),
    expectClean: async () => {
      expect(await rig.leftovers()).toEqual([]);
    },
    clear: async () => rig.clear(),
  });
});
