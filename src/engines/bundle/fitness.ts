import type {BundleRuntime} from './runtime.js';
import type {Engine} from '../engine.js';
import {fitnessBy} from '../fitness.js';
import {refusals} from './refusals.js';

/** A bundle with all that a move needs of it: its files in one folder, and process numbers of its own. */
const plainBundle = {
  path: '/bundle',
  rootfs: '/bundle/rootfs',
  config: {linux: {namespaces: [{type: 'pid'}, {type: 'network'}]}},
  systemd: false,
  devices: [],
};

/** The preflight's own rules. */
export const runcFitness = (of: BundleRuntime): NonNullable<Engine['fitness']> =>
  fitnessBy((strategy, pair) => refusals(of, strategy, pair), plainBundle);
