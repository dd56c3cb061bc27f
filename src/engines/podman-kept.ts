import {script, type Command} from '../base/command.js';

/** As the script that resumes finds out whether there is anything to resume from. */
const keptText = `[ "$(podman container inspect --format '{{.State.Running}}' -- "$1")" = true ] && exit 0
bundle=$(podman container inspect --format '{{.StaticDir}}' -- "$1")
[ -e "$bundle/checkpoint/inventory.img" ] || { echo "its memory is not on the source any more" >&2; exit 74; }`;

/** On the source: it runs there, or can be had back with its memory. */
export const keptScript = (name: string): Command =>
  script(`see that ${name} can be had back`, keptText, name);
