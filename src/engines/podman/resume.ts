import {script, type Command} from '../../base/command.js';
import {liftThrottle} from '../criu/cpu-share.js';
import type {Pair} from '../engine.js';
import {unlockText} from '../criu/network-lock.js';
import {bringUpText} from './bring-up.js';
import {agreed} from './checkpoint.js';
import {gateTable, openGate} from '../criu/gate.js';
import {wholeCheckpoint} from './kept.js';
import {endDump, reap} from './reap.js';
import {temporaryFolder} from './temporary.js';
import {liftHold} from '../criu/quarantine.js';

/**
 * From the images that `--keep` kept, or that a checkpoint left that was cut off. Never `podman start`:
 * that starts it fresh and loses its memory without a word. The gate stays closed meanwhile, for the
 * same reason as on the target. When it runs, podman's links into memory go: the memory behind them
 * will be gone too, and podman makes no checkpoint where a link leads nowhere (`mkdir …: file exists`).
 */
const resumeText = `name=$1 table=$2 scratch=$3; shift 3
${temporaryFolder}
id=$(podman container inspect --format '{{.Id}}' -- "$name")
${liftHold}
${liftThrottle}
${unlockText}
${bringUpText}
trap '${openGate}' EXIT
bundle=$(podman container inspect --format '{{.StaticDir}}' -- "$name")
unlinked() { for each in "$bundle/checkpoint" "$bundle/pre-checkpoint"; do [ ! -L "$each" ] || rm -f -- "$each"; done; }
if [ "$(podman container inspect --format '{{.State.Running}}' -- "$name")" = true ]; then
  ${endDump}
  unlinked
  unlock_network "$(podman container inspect --format '{{.State.Pid}}' -- "$name")"
  exit 0
fi
if ! { ${wholeCheckpoint}; }; then
  echo "its memory is gone, as it is when a host restarts; to begin anew without it: podman start $name, and apply again" >&2
  exit 74
fi
${reap}
bring_up container restore "$@" --keep --print-stats
unlinked`;

export const resumeScript = (pair: Pair, scratch: string): Command =>
  script(
    `podman container restore ${pair.container.name}`,
    resumeText,
    pair.container.name,
    gateTable(pair.container),
    scratch,
    ...agreed(pair),
  );
