import {chainedRounds} from '../criu/chained-rounds.js';
import type {Pair, Rounds} from '../engine.js';

/**
 * Which runtime holds the container, conmon's own arguments tell; podman gives it no root folder, and an
 * empty `XDG_RUNTIME_DIR`, which is where crun would look otherwise.
 */
const runtimeText = `conmon=$(podman container inspect --format '{{.State.ConmonPid}}' -- "$id")
runtime=$(tr '\\0' '\\n' < "/proc/$conmon/cmdline" | sed -n '/^-r$/{n;p;q;}')
[ -n "$runtime" ] || { echo 'conmon does not tell which runtime it started' >&2; exit 69; }
beneath() { XDG_RUNTIME_DIR= "$runtime" "$@"; }`;

/** `agreed` are the options that all dumps of the move have in common. */
export const podmanRounds = (pair: Pair, scratch: string, agreed: readonly string[]): Rounds =>
  chainedRounds(pair, scratch, {
    runtime: runtimeText,
    running: `podman container inspect --format '{{.State.Running}}' -- "$id"`,
    group: `podman container inspect --format '{{.State.CgroupPath}}' -- "$id"`,
    agreed,
  });
