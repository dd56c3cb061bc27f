import {script, type Command} from '../../base/command.js';
import type {Quarantine} from '../engine.js';
import type {ObservedContainer} from '../facts.js';
import {idCheck} from '../host/id-check.js';
import {untilEnded} from '../stop.js';

/** The name of an empty file, which runc tells whoever tries: it fails to clear the folder away. */
const note = 'cm is moving this container, and it must not be started here - see cm status';

/**
 * `hold FOLDER`: no runtime makes a container whose folder of states is there already ("container with given ID already exists",
 * runc 1.1.15 and crun 1.21 beneath podman 5.4.2 and docker 26.1.5), whoever asks for it. A bare folder would be gone with the
 * first start that fails, which tidies up; one that something is mounted on stays. The mount is told by its source, and
 * is in memory, as everything is that it guards. Exits 73 when something is in the folder.
 */
export const holdText = `hold() {
  tries=0
  until grep -qsF "cm-quarantine $1 " /proc/mounts; do
    tries=$((tries + 1))
    mkdir -m 700 -- "$1" 2>/dev/null || [ -z "$(ls -A -- "$1" 2>/dev/null)" ] || return 73
    if mount -t tmpfs -o size=4k,mode=700 cm-quarantine "$1"; then
      : > "$1/${note}"
      mount -o remount,ro "$1" || :
    elif [ "$tries" -ge 3 ]; then
      rmdir -- "$1" 2>/dev/null || :
      return 1
    fi
  done
}`;

/** Lifts it, wherever it is, from the container of the full ID `$id`. */
export const liftHold = `${idCheck}
for held in $(awk -v id="/$id" '$1 == "cm-quarantine" && substr($2, length($2) - length(id) + 1) == id {print $2}' /proc/mounts); do
  umount -l -- "$held"
  rmdir -- "$held" 2>/dev/null || :
done`;

/** What podman's runtime says of that while it freezes is no news, nor what went wrong. */
export const noNote = `grep -vF '${note}'`;

/**
 * For one that was stopped: `$id`, `$roots` (folders in which runtimes keep states), and `running`. What a runtime needs to
 * take its folder away is waited for. Only that it runs is a failure, since then somebody has started it, and the move has to
 * be taken back; one that cannot be held is as safe as it was before there was this.
 */
const holdStopped = `${idCheck}
${holdText}
for root in $roots; do
  [ -d "$root" ] || continue
  waits=0
  while code=0; hold "$root/$id" || code=$?; [ "$code" = 73 ] && [ "$waits" -lt 50 ] && ! running; do
    waits=$((waits + 1))
    sleep 0.05
  done
done
if running; then
  echo 'it runs again: somebody has started it' >&2
  exit 73
fi`;

/**
 * The commands of an engine whose runtimes keep their states in these folders, patterns of the shell among them; and how it starts
 * the container `$name`.
 */
export function quarantineBy(engine: 'podman' | 'docker', roots: string, start: string) {
  const onText = `id=$1 roots='${roots}'
running() { [ "$(${engine} container inspect --format '{{.State.Running}}' -- "$id")" = true ]; }
${engine} container inspect -- "$id" >/dev/null 2>&1 || exit 0
${holdStopped}`;
  const offText = `id=$1
${liftHold}`;
  // The engine is asked for the ID only where something is held.
  const startText = `name=$1
${untilEnded()}
if grep -qs '^cm-quarantine ' /proc/mounts; then
  id=$(${engine} container inspect --format '{{.Id}}' -- "$name")
  ${liftHold}
fi
${start}`;
  return {
    quarantine: ({name, id}: ObservedContainer): Quarantine => ({
      on: script(`keep ${name} from being started`, onText, id),
      off: script(`let ${name} be started`, offText, id),
    }),
    start: (name: string): Command => script(`${engine} start ${name}`, startText, name),
  };
}
