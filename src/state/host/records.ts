import {script, type Command} from '../../base/command.js';
import {
  containerId,
  hostPath,
  line,
  orNone,
  restartPolicyForm,
  shortName,
  shownValue,
} from '../../base/host-words.js';
import {err, ok, type Result} from '../../base/result.js';
import {parseJson} from '../../base/parse-json.js';
import {isDescribed} from './described.js';
import {encodeName, KEPT_FOLDER} from './host-files.js';
import type {MoveRecord} from './observed.js';
import {date, isObject, ofForm, one, shape, text, wrongKey, type Shape} from '../shape.js';

/**
 * `$1` name, `$2` length in bytes, `$3` a move's scratch folder or nothing: the ID of what its engine made there becomes the
 * record's `made`; `$4` `boot` where the record is to tell in which life of its host it was written. The length is checked, since an input cut off by a lost connection
 * looks like its end; and nothing may be half written after a power cut. A runner that was stopped, as a
 * suspended laptop is, never sends it, and whoever goes on in its place waits for this to end.
 */
export const writeRecordScript = `umask 077
folder=${KEPT_FOLDER}/moves
mkdir -p "$folder"
new=$folder/.new.$1
timeout 20 cat >"$new" || :
[ "$(wc -c <"$new")" -eq "$2" ] || { rm -f "$new"; echo 'the record was cut off' >&2; exit 1; }
made= boot= first=
[ -z "$3" ] || [ ! -e "$3/made" ] || made=$(head -c 300 -- "$3/made")
case $made in
  '' | *[!A-Za-z0-9_.+-]*) ;;
  *) first="\\"made\\":\\"$made\\"," ;;
esac
if [ -n "$4" ]; then boot="$(cat /proc/sys/kernel/random/boot_id) $(readlink /proc/self/ns/pid)" || boot=; fi
case $boot in
  '' | *[!][a-z0-9:\\ -]*) ;;
  *) first="$first\\"boot\\":\\"$boot\\"," ;;
esac
if [ -n "$first" ]; then
  { printf '{%s' "$first"; tail -c +2 -- "$new"; } >"$new.more" && mv -- "$new.more" "$new"
fi
sync "$new" 2>/dev/null || sync
mv "$new" "$folder/$1.json"
sync "$folder" 2>/dev/null || sync`;

/** `$1` name. */
export const removeRecordScript = `folder=${KEPT_FOLDER}/moves
[ -e "$folder/$1.json" ] || exit 0
rm -f "$folder/$1.json"
sync "$folder" 2>/dev/null || sync`;

/** Writes a record as one atomic change. May be sent twice. `scratch`: of the move that has made the container there. */
export function writeRecord(record: MoveRecord, scratch = ''): Command {
  const text = `${JSON.stringify(record)}\n`;
  const bytes = new TextEncoder().encode(text).length;
  return {
    ...script(
      `write down: ${record.container} ${record.phase}`,
      writeRecordScript,
      encodeName(record.container),
      String(bytes),
      scratch,
      record.phase === 'leaving' && record.boot === undefined ? 'boot' : '',
    ),
    stdin: text,
    timeoutMs: 60_000,
  };
}

/** May be sent twice. */
export const removeRecord = (container: string): Command => ({
  ...script(`remove the record of ${container}`, removeRecordScript, encodeName(container)),
  timeoutMs: 60_000,
});

const policy = ofForm(orNone(restartPolicyForm));

const needed: Shape = {
  format: one(1),
  phase: one('leaving', 'left', 'arriving', 'arrived', 'parked'),
  strategy: one('cold', 'stateful', 'pre-copy'),
  container: ofForm(line),
  id: ofForm(containerId),
  run: ofForm(shortName),
  plan: text,
  from: ofForm(line),
  to: ofForm(line),
  restartPolicy: policy,
  at: date,
};

const optional: Shape = {
  kept: shape({id: ofForm(shortName), folder: ofForm(hostPath)}, {described: isDescribed}),
  stopped: shape({restartPolicy: policy}),
  startedAt: ofForm(line),
  boot: ofForm(line),
  made: ofForm(containerId),
  lineage: ofForm(containerId),
};

/** A parked container without its checkpoint would have lost its memory. */
const isUnkept = (value: Readonly<Record<string, unknown>>): boolean =>
  value['phase'] === 'parked' && value['kept'] === undefined;

const isWhole = (value: unknown): boolean =>
  isObject(value) && !isUnkept(value) && wrongKey(value, needed, optional) === undefined;

/** One line of a record file. */
export function readRecord(recordText: string): Result<MoveRecord, string> {
  const parsed = parseJson(recordText);
  const value = parsed.ok ? parsed.value : undefined;
  if (!isObject(value)) return err(`not a record: ${shownValue(recordText)}`);
  const wrong = isUnkept(value) ? 'kept' : wrongKey(value, needed, {...optional, found: isWhole});
  if (wrong !== undefined) return err(`a record with a "${wrong}" that this cm does not know`);
  return ok(value as unknown as MoveRecord);
}
