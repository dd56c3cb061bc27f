import {script, type Command} from '../base/command.js';
import {err, ok, type Result} from '../base/result.js';
import {encodeName, KEPT_FOLDER} from './host-files.js';
import type {MoveRecord} from './observed.js';

/**
 * `$1` name, `$2` length in bytes. The length is checked, since an input cut off by a lost connection
 * looks like its end; and nothing may be half written after a power cut. A runner that was stopped, as a
 * suspended laptop is, never sends it, and whoever goes on in its place waits for this to end.
 */
export const writeRecordScript = `umask 077
folder=${KEPT_FOLDER}/moves
mkdir -p "$folder"
new=$folder/.new.$1
timeout 20 cat >"$new" || :
[ "$(wc -c <"$new")" -eq "$2" ] || { rm -f "$new"; echo 'the record was cut off' >&2; exit 1; }
sync "$new" 2>/dev/null || sync
mv "$new" "$folder/$1.json"
sync "$folder" 2>/dev/null || sync`;

/** `$1` name. */
export const removeRecordScript = `folder=${KEPT_FOLDER}/moves
[ -e "$folder/$1.json" ] || exit 0
rm -f "$folder/$1.json"
sync "$folder" 2>/dev/null || sync`;

/** Writes a record as one atomic change. May be sent twice. */
export function writeRecord(record: MoveRecord): Command {
  const text = `${JSON.stringify(record)}\n`;
  const bytes = new TextEncoder().encode(text).length;
  return {
    ...script(
      `write down: ${record.container} ${record.phase}`,
      writeRecordScript,
      encodeName(record.container),
      String(bytes),
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

const texts = ['container', 'id', 'run', 'plan', 'from', 'to', 'restartPolicy', 'at'] as const;
const phases: readonly unknown[] = ['leaving', 'left', 'arriving', 'arrived', 'parked'];
const strategies: readonly unknown[] = ['cold', 'stateful', 'pre-copy'];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A parked one without its checkpoint would have lost its memory. */
function isKept({phase, kept}: Readonly<Record<string, unknown>>): boolean {
  if (kept === undefined) return phase !== 'parked';
  if (!isObject(kept) || typeof kept['id'] !== 'string' || typeof kept['folder'] !== 'string')
    return false;
  const {described} = kept;
  return described === undefined || (isObject(described) && typeof described['id'] === 'string');
}

const isStopped = (stopped: unknown): boolean =>
  stopped === undefined || (isObject(stopped) && typeof stopped['restartPolicy'] === 'string');

function wrongField(value: Readonly<Record<string, unknown>>): string | undefined {
  if (value['format'] !== 1) return 'format';
  if (!phases.includes(value['phase'])) return 'phase';
  if (!strategies.includes(value['strategy'])) return 'strategy';
  if (!isKept(value)) return 'kept';
  if (!isStopped(value['stopped'])) return 'stopped';
  const mounts = value['mounts'];
  if (!Array.isArray(mounts) || !mounts.every((each) => typeof each === 'string')) return 'mounts';
  return texts.find((name) => typeof value[name] !== 'string');
}

/** One line of a record file. */
export function readRecord(line: string): Result<MoveRecord, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return err(`not a record: "${line.slice(0, 60)}"`);
  }
  if (!isObject(value)) return err(`not a record: "${line.slice(0, 60)}"`);
  const wrong = wrongField(value);
  if (wrong !== undefined) return err(`a record with a "${wrong}" that this cm does not know`);
  return ok(value as unknown as MoveRecord);
}
