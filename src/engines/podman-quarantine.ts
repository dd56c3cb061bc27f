import {script, type Command} from '../base/command.js';
import type {Quarantine} from './engine.js';
import type {ObservedContainer} from './facts.js';
import {holdStopped, liftHold} from './quarantine.js';

/** Where the runtimes of podman keep their states, when root runs them. */
const onText = `id=$1 roots='/run/runc /run/crun'
running() { [ "$(podman container inspect --format '{{.State.Running}}' -- "$id")" = true ]; }
podman container exists "$id" || exit 0
${holdStopped}`;

const offText = `id=$1
${liftHold}`;

export const podmanQuarantine = ({name, id}: ObservedContainer): Quarantine => ({
  on: script(`keep ${name} from being started`, onText, id),
  off: script(`let ${name} be started`, offText, id),
});

/** podman is asked for its ID only where something is held. */
const startText = `if grep -qs '^cm-quarantine ' /proc/mounts; then
  id=$(podman container inspect --format '{{.Id}}' -- "$1")
  ${liftHold}
fi
exec podman start -- "$1"`;

export const startScript = (name: string): Command =>
  script(`podman start ${name}`, startText, name);
