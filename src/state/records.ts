import {script, type Command} from '../base/command.js';
import type {MoveRecord} from './observed.js';

/** Where records of moves are kept: across reboots, unlike everything else that `cm` puts on a host. */
export const recordsFolder = '/var/lib/cm/moves';

const phases: readonly string[] = [
  'leaving',
  'left',
  'arriving',
  'arrived',
] satisfies readonly MoveRecord['phase'][];

/** Replaces the record as one: written beside it, flushed to disk, renamed. */
const writeText = `folder=$1 file=$1/$2.json
umask 077
mkdir -p "$folder"
cat > "$file.new"
sync "$file.new"
mv "$file.new" "$file"
sync "$folder"`;

/** On one host: what this move is doing there. Container names have no character that a path minds. */
export const writeRecord = (record: MoveRecord): Command => ({
  ...script(
    `record ${record.container} as ${record.phase}`,
    writeText,
    recordsFolder,
    record.container,
  ),
  stdin: `${JSON.stringify(record)}\n`,
});

export const removeRecord = (container: string): Command =>
  script(
    `remove the record of ${container}`,
    'rm -f -- "$1/$2.json" "$1/$2.json.new"',
    recordsFolder,
    container,
  );

/** Prints every record, one JSON document a line. */
export const recordsText = `for file in ${recordsFolder}/*.json; do
  if [ -s "$file" ]; then tr -d '\\n' < "$file"; echo; fi
done`;

function isRecord(value: unknown): value is MoveRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<keyof MoveRecord, unknown>>;
  const texts = ['container', 'id', 'run', 'plan', 'from', 'to', 'strategy', 'at'] as const;
  return (
    record.format === 1 &&
    texts.every((key) => typeof record[key] === 'string') &&
    typeof record.restartPolicy === 'string' &&
    phases.includes(String(record.phase)) &&
    Array.isArray(record.mounts)
  );
}

/** A line that is no record (torn, or of a later version) is left out: it proves nothing. */
export function readRecords(stdout: string): readonly MoveRecord[] {
  return stdout.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      return isRecord(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}
