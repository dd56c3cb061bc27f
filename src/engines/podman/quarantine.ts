import {bringUpText} from './bring-up.js';
import {quarantineBy} from '../criu/quarantine.js';

/** Where the runtimes of podman keep their states, when root runs them. */
export const {quarantine: podmanQuarantine, start: startScript} = quarantineBy(
  'podman',
  '/run/runc /run/crun',
  `${bringUpText}\nbring_up start`,
);
