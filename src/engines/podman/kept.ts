import {script, type Command} from '../../base/command.js';

/**
 * Whether `$bundle` has all that a restore needs: the checkpoint, and after rounds the one that it
 * builds on. They are in memory, so a host that restarted has neither.
 */
export const wholeCheckpoint = `[ -e "$bundle/checkpoint/inventory.img" ] && { [ ! -L "$bundle/checkpoint/parent" ] || [ -e "$bundle/checkpoint/parent/inventory.img" ]; }`;

/** As the script that resumes finds out whether there is anything to resume from. */
const keptText = `[ "$(podman container inspect --format '{{.State.Running}}' -- "$1")" = true ] && exit 0
bundle=$(podman container inspect --format '{{.StaticDir}}' -- "$1")
{ ${wholeCheckpoint}; } || { echo "its memory is not on the source any more" >&2; exit 74; }`;

/** On the source: it runs there, or can be had back with its memory. */
export const keptScript = (name: string): Command =>
  script(`see that ${name} can be had back`, keptText, name);
