import {script, type Command} from '../base/command.js';
import type {Quarantine} from './engine.js';
import type {ObservedContainer} from './facts.js';
import {holdStopped, liftHold} from './quarantine.js';

/** Where docker's runtimes keep their states: its own containerd, and the host's one. The last part is containerd's namespace. */
const onText = `id=$1 roots='/run/docker/runtime-*/* /run/containerd/runc/*'
running() { [ "$(docker container inspect --format '{{.State.Running}}' -- "$id")" = true ]; }
docker container inspect -- "$id" >/dev/null 2>&1 || exit 0
${holdStopped}`;

const offText = `id=$1
${liftHold}`;

export const dockerQuarantine = ({name, id}: ObservedContainer): Quarantine => ({
  on: script(`keep ${name} from being started`, onText, id),
  off: script(`let ${name} be started`, offText, id),
});

/** docker is asked for its ID only where something is held. */
const startText = `if grep -qs '^cm-quarantine ' /proc/mounts; then
  id=$(docker container inspect --format '{{.Id}}' -- "$1")
  ${liftHold}
fi
exec docker start -- "$1"`;

export const startScript = (name: string): Command =>
  script(`docker start ${name}`, startText, name);
