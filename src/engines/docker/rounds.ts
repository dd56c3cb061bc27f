import {chainedRounds} from '../criu/chained-rounds.js';
import type {Pair, Rounds} from '../engine.js';

/** What every dump of a move beneath docker is told. */
export const agreed = ['--tcp-established', '--file-locks'] as const;

/** The runtime beneath docker and where it keeps its states, as `ready` found it out. */
export const runtimeText = `runtime=$(cat "$scratch/runtime") root=$(cat "$scratch/root")
beneath() { "$runtime" --root "$root" "$@"; }`;

/**
 * docker is not asked and does not notice: the container runs on. The images of the rounds stay outside of
 * what docker reads when it restores, so none of their pages goes through its archives.
 */
export const dockerRounds = (pair: Pair, scratch: string): Rounds =>
  chainedRounds(pair, scratch, {
    runtime: runtimeText,
    running: `docker container inspect --format '{{.State.Running}}' -- "$id"`,
    group: `sed -n 's/^0:://p' "/proc/$(docker container inspect --format '{{.State.Pid}}' -- "$id")/cgroup"`,
    agreed,
  });
