import {script, type Command} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import {liftThrottle, throttleScript} from './cpu-share.js';
import {readCriuStats} from './stats.js';
import {criuLogText} from './log.js';
import type {Pair, PreDump, Rounds} from '../engine.js';
import {sameSizes, sameSums} from './image-checks.js';
import {unpackText} from './unpack.js';
import {letGoText} from './warm-memory.js';

/** The runtime beneath an engine, as shell text about the container `$id`. */
export interface Beneath {
  /** Defines `beneath WORD…`: the runtime that holds the container, told where its state is. Has `$scratch`. */
  readonly runtime: string;
  /** Prints `false` where the engine knows the container and it does not run. */
  readonly running: string;
  /** Prints the path of its cgroup. */
  readonly group: string;
  /** Options that all dumps of the move have in common. */
  readonly agreed: readonly string[];
}

/**
 * A round is a pre-dump by the runtime beneath the engine: podman itself knows only one, docker none.
 *
 * A pre-dump resets the kernel's marks of changed pages whether or not it succeeds. So the folder of a
 * round is made first, and one that is there without its `.sent` means that pages may be missing: the
 * freeze then takes no notice of any round. The same goes for a freeze that was tried (`used`).
 *
 * What a round wrote again is taken out of the older ones by `criu dedup`, which leaves holes in their
 * images: their sizes stay, and memory is freed on both hosts. So checksums are held against what has
 * just arrived, and sizes against all of it.
 */
const sendText = (runtime: string): string => `id=$1 scratch=$2 n=$3; shift 3
umask 077
${criuLogText}
${letGoText}
let_go images
rounds=$scratch/rounds before=$((n - 1))
[ ! -e "$rounds/used" ] || { echo "no round can follow a freeze: it reset the marks of what has changed" >&2; exit 75; }
[ ! -e "$rounds/$n" ] || { echo "round $n cannot be made again: it reset the marks of what has changed" >&2; exit 75; }
if [ "$n" -gt 1 ]; then
  [ -e "$rounds/$before.sent" ] || { echo "round $before is not there, and round $n builds on it" >&2; exit 75; }
  set -- "$@" --parent-path "../$before"
fi
${runtime}
mkdir -p "$rounds"
mkdir "$rounds/$n"
code=0
beneath checkpoint --pre-dump --image-path "$rounds/$n" --work-path "$rounds/$n" "$@" "$id" >&2 || code=$?
if [ "$code" != 0 ]; then
  criu_log "$rounds/$n/dump.log" >&2
  exit "$code"
fi
(cd "$scratch" && stat -c '%s %n' -- "rounds/$n"/*.img) > "$rounds/$n.sizes"
if [ -e "$scratch/sums-wanted" ]; then (cd "$scratch" && cksum "rounds/$n"/*.img) > "$rounds/$n.sums"; else : > "$rounds/$n.sums"; fi
tar -C "$scratch" --exclude dump.log -cf - "rounds/$n.sizes" "rounds/$n.sums" "rounds/$n"
: > "$rounds/$n.sent"
criu dedup -D "$rounds/$n" >/dev/null 2>&1 || :
echo "stats-dump $(getconf PAGESIZE) $(base64 < "$rounds/$n/stats-dump" | tr -d '\\n')" >&2`;

/** The list of sizes comes first, so that a stream that ends early is noticed wherever it ends. */
const receiveText = `scratch=$1
umask 077
${letGoText}
let_go images
${sameSizes}
${sameSums}
${unpackText}
unpack rounds
mkdir -p -- "$scratch/rounds"
for each in "$scratch/in/rounds"/*; do
  rm -rf -- "$scratch/rounds/\${each##*/}"
  mv -- "$each" "$scratch/rounds/"
done
newest=0
for sizes in "$scratch"/rounds/*.sizes; do
  same_sizes "$sizes" || { echo 'the round that arrived is not whole: the sizes of its images differ' >&2; exit 65; }
done
while [ -e "$scratch/rounds/$((newest + 1)).sizes" ]; do newest=$((newest + 1)); done
same_sums "$scratch/rounds/$newest.sums" || { echo 'the round that arrived is not what was sent: the checksums of its images differ' >&2; exit 65; }
confined "$scratch/rounds" criu dedup -D "/to/$newest" >/dev/null 2>&1 || :`;

/**
 * Before the freeze: sets `last` to the newest round if every one of them arrived, and forgets all of
 * them otherwise. `pre-checkpoint` is a link to that round, which the freeze builds on. Needs `$scratch`.
 */
export const lastRound = `last=0
while [ -e "$scratch/rounds/$((last + 1)).sent" ]; do last=$((last + 1)); done
if [ -e "$scratch/rounds/used" ] || [ -e "$scratch/rounds/$((last + 1))" ]; then last=0; fi
rm -rf -- "$scratch/pre-checkpoint"
if [ "$last" = 0 ]; then rm -rf -- "$scratch/rounds"; else ln -s "rounds/$last" "$scratch/pre-checkpoint"; : > "$scratch/rounds/used"; fi`;

/** Not while a frozen container has its memory in them, which nobody else has. */
const forgetText = (running: string): string => `id=$1 scratch=$2
${liftThrottle}
if [ -e "$scratch/rounds/used" ] && [ "$(${running} 2>/dev/null)" = false ]; then
  echo 'the rounds hold memory of a container that is frozen' >&2; exit 75
fi
rm -rf -- "$scratch/rounds" "$scratch/pre-checkpoint"`;

function read(notes: string): Result<PreDump, string> {
  const [, pageSize = '', base64 = ''] = /^stats-dump (\d+) (\S+)$/m.exec(notes) ?? [];
  if (base64 === '') return err('the round does not tell what it did');
  const stats = readCriuStats(base64);
  if (!stats.ok) return stats;
  const {pagesWritten, pagesSkipped, frozenTime} = stats.value;
  return ok({
    pages: pagesWritten,
    skipped: pagesSkipped,
    bytes: pagesWritten * Number.parseInt(pageSize, 10),
    frozenMs: frozenTime / 1000,
  });
}

/** Rounds whose images lie beside those of the freeze, which name them as their parents. */
export function chainedRounds({container}: Pair, scratch: string, beneath: Beneath): Rounds {
  const {id, name} = container;
  const {runtime, running, group, agreed} = beneath;
  const patient = (command: Command): Command => ({...command, timeoutMs: 86_400_000});
  return {
    send: (n) =>
      patient(
        script(`pre-dump ${n} of ${name}`, sendText(runtime), id, scratch, `${n}`, ...agreed),
      ),
    receive: patient(script('take a round', receiveText, scratch)),
    read,
    forget: script('forget all rounds', forgetText(running), id, scratch),
    throttle: (percent) => throttleScript(container, scratch, group, percent),
  };
}
