import {expect} from 'vitest';
import {testCutOff} from './cut-off.js';
import {describeLab} from './rig.js';
import {clear, leftovers, plan, redisBundle, where} from './runc-rig.js';

describeLab('runc: a dump that is cut off', {lab: 'undor', images: ['redis']}, (rig) => {
  testCutOff(rig, {
    name: 'redis',
    folder: '/srv/redis-data',
    run: async (last) => redisBundle(rig, 'redis', last, 'hook'),
    pid: 'runc state redis | jq .pid',
    where: async () => where(rig, 'redis'),
    on: {alpha: 'alpha running', beta: 'beta running restored'},
    plan: async (text) => plan(rig, 'cut', text),
    expectClean: async () => {
      expect(await leftovers(rig, 'redis')).toEqual([]);
    },
    clear: async () => clear(rig),
  });
});
