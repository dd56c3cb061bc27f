import {script, type Command} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import type {BundleRuntime} from './runtime.js';
import {liftThrottle, throttleScript} from '../criu/cpu-share.js';
import {readCriuStats, type CriuStats} from '../criu/stats.js';
import type {Pair, PreDump, Rounds} from '../engine.js';
import {dumpText, takeText} from './stream.js';

/**
 * A pre-dump resets the kernel's marks of changed pages whether or not it succeeds. So the folder of a
 * round is made first, and one that is there without its `.sent` means that pages may be missing: the
 * freeze then takes no notice of any round. The same goes for a freeze that was tried (`used`).
 *
 * CRIU wants to see the images of the round before, yet reads no page of them: on the source they are
 * holes of the right size. On the target what a round wrote again is taken out of the older ones by
 * `criu dedup`, so that hot pages are there once, however many rounds there are.
 */
const sendText = (of: BundleRuntime): string => `name=$1 scratch=$2 n=$3
umask 077
${dumpText(of)}
apart=
rounds=$scratch/rounds before=$((n - 1))
if [ -e "$rounds/$n" ] || [ -e "$rounds/used" ]; then
  echo "round $n cannot be made again: what changed before it is not known any more" >&2; exit 75
fi
set -- --pre-dump
if [ "$n" -gt 1 ]; then
  [ -e "$rounds/$before.sent" ] || { echo "round $before is not there, and round $n builds on it" >&2; exit 75; }
  set -- "$@" --parent-path "../$before"
fi
dump "rounds/$n" "$@"
while read -r size file; do truncate -s "$size" "$rounds/$n/$file"; done < "$scratch/index"
: > "$rounds/$n.sent"
stats stats-dump`;

const receiveText = `scratch=$1
umask 077
${takeText}
confined "$scratch/rounds" criu dedup -D "/to/\${folder#rounds/}" >/dev/null 2>&1 || :`;

/**
 * Before the freeze: sets `last` to the newest round if every one of them arrived, and forgets all of
 * them otherwise. Needs `$scratch`.
 */
export const lastRound = `last=0
while [ -e "$scratch/rounds/$((last + 1)).sent" ]; do last=$((last + 1)); done
if [ -e "$scratch/rounds/used" ] || [ -e "$scratch/rounds/$((last + 1))" ]; then last=0; fi
if [ "$last" = 0 ]; then rm -rf -- "$scratch/rounds"; else : > "$scratch/rounds/used"; fi`;

/** What a script said of CRIU's statistics, by the word it said it with, and the size of a page. */
export function toldStats(
  word: string,
  notes: string,
): Result<CriuStats & {readonly pageSize: number}, string> {
  const line = notes.split('\n').find((each) => each.startsWith(`${word} `));
  const [, pageSize = '', base64 = ''] = line?.split(' ') ?? [];
  if (base64 === '') return err('CRIU does not tell what it did');
  const stats = readCriuStats(base64);
  return stats.ok ? ok({...stats.value, pageSize: Number.parseInt(pageSize, 10)}) : stats;
}

function read(notes: string): Result<PreDump, string> {
  const stats = toldStats('stats-dump', notes);
  if (!stats.ok) return stats;
  const {pagesWritten, pagesSkipped, frozenTime, pageSize} = stats.value;
  return ok({
    pages: pagesWritten,
    skipped: pagesSkipped,
    bytes: pagesWritten * pageSize,
    frozenMs: frozenTime / 1000,
  });
}

const forgetText = `scratch=$1
${liftThrottle}
rm -rf -- "$scratch/rounds"`;

/** Its cgroup (version 2) by its name, as the runtime wrote it down. */
const groupText = ({stateFolder, record, keys}: BundleRuntime): string =>
  `sed -n 's|.*${keys.group}\\([^"]*\\)".*|\\1|p' "${stateFolder}/$id/${record}"`;

/** Pre-dumps by the runtime itself, as many as one likes. */
export function runcRounds(of: BundleRuntime, {container}: Pair, scratch: string): Rounds {
  const {name} = container;
  const patient = (command: Command): Command => ({...command, timeoutMs: 86_400_000});
  return {
    send: (n) => patient(script(`pre-dump ${n} of ${name}`, sendText(of), name, scratch, `${n}`)),
    receive: patient(script('take a round', receiveText, scratch)),
    read,
    forget: script('forget all rounds', forgetText, scratch),
    throttle: (percent) =>
      throttleScript({...container, id: name}, scratch, groupText(of), percent),
  };
}
