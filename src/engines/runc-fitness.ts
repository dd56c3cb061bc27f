import {fitnessBy} from './fitness.js';
import {refusals} from './runc-refusals.js';

/** A bundle with all that a move needs of it: its files in one folder, and process numbers of its own. */
const plainBundle = {
  path: '/bundle',
  rootfs: '/bundle/rootfs',
  config: {linux: {namespaces: [{type: 'pid'}, {type: 'network'}]}},
  systemd: false,
  devices: [],
};

/** The preflight's own rules. */
export const runcFitness = fitnessBy(refusals, plainBundle);
