import {weightOf} from '../pair.js';
import type {Pair} from '../engine.js';
import {idCheck} from '../host/id-check.js';

/**
 * What a restore leaves that was cut off, by the container's full ID in `$id`: a CRIU that is killed leaves processes that
 * wait for it for ever, runc waits for those, and podman, once it has lost its patience, forgets them all. Every later
 * restore of this ID then fails (podman 5.4.2 with runc 1.1.15: 4 of 4). Never for a container that runs.
 */
export const reap = `${idCheck}
for entry in $(grep -lsF -- "$id" /proc/[0-9]*/cmdline; grep -lsF -- "libpod-$id" /proc/[0-9]*/cgroup); do
  folder=\${entry%/*}
  case $entry:$(cat "$folder/comm" 2>/dev/null) in
    *:podman) ;;
    */cmdline:conmon | */cmdline:runc* | */cmdline:crun* | */cgroup:*) kill -s KILL "\${folder##*/}" 2>/dev/null || : ;;
  esac
done
for state in "/run/runc/$id" "/run/crun/$id"; do
  [ -d "$state" ] || continue
  if mountpoint -q "$state/criu-root"; then umount -l "$state/criu-root"; fi
  rm -rf --one-file-system -- "$state"
done`;

/**
 * A `podman rm` that fails half-way, as on a full `/run`, leaves a container in the store that podman itself does not know, and
 * every later restore of this ID fails: `that ID is already in use`. Needs `$id`.
 */
export const freeStore = `${idCheck}
if ! podman container exists "$id" && podman container exists --external "$id"; then
  podman rm --force -- "$id" >/dev/null
fi`;

/** Of a dump that was given up: the runtime and its CRIU, by `$bundle`, and not the monitor of the container, which runs. */
export const endDump = `for entry in $(grep -lsF -- "$bundle/checkpoint" /proc/[0-9]*/cmdline); do
    pid=\${entry#/proc/}; pid=\${pid%/*}
    case $(cat "/proc/$pid/comm" 2>/dev/null) in
      runc* | crun*) kill -s KILL $(cat "/proc/$pid"/task/*/children) "$pid" 2>/dev/null || : ;;
    esac
  done`;

/**
 * Seconds that a dump or a restore may take: a multiple of what it needs (some hundreds of MB a second), since one that hangs ends
 * the downtime only when it is given up; podman itself waits 240 s for a restore, and for ever for a dump.
 */
export const patience = (pair: Pair): number =>
  60 + Math.ceil((weightOf(pair)?.memory ?? 0) / 10_000_000);
