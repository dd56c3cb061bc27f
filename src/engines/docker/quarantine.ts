import {quarantineBy} from '../criu/quarantine.js';

/** Where docker's runtimes keep their states: its own containerd, and the host's one. The last part is containerd's namespace. */
export const {quarantine: dockerQuarantine, start: startScript} = quarantineBy(
  'docker',
  '/run/docker/runtime-*/* /run/containerd/runc/*',
  'exec docker start -- "$name"',
);
