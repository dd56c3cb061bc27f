import {baseName} from '../../base/base-name.js';
import {type Command, script} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import {decodeName, encodeName, KEPT_FOLDER, RUN_FOLDER} from './host-files.js';
import {readManifest, type KeptManifest} from './kept.js';
import {readLease} from './lease-record.js';
import type {ContainerName} from '../../plan/plan.js';
import type {LeaseRecord, MoveRecord, UnreadableRecord} from './observed.js';
import {readRecord} from './records.js';

/**
 * Lines of one kind each, and from the line `look` on whatever the engine prints; the exit code is
 * the engine's. Three processes for any number of files. What cannot break out of a line is safe
 * there: sed prefixes every line, whatever a file holds, and the last one may lack its end. Of what
 * parked containers come back from it prints the manifests, which the records on that host name.
 */
export const lookScript = `echo "now $(date +%s)"
(
  boot=$(cat /proc/sys/kernel/random/boot_id)
  id=$(cat /etc/machine-id || :)
  network=$(readlink /proc/self/ns/net)
  processes=$(readlink /proc/self/ns/pid)
  echo "machine $boot $id $network $processes"
) 2>/dev/null || :
(
  set -- ${RUN_FOLDER}/leases/*
  [ -e "$1" ] || exit 0
  stat -c 'time %Y %n' "$@"
  grep -H '' "$@" | sed 's/^/lease /'
) 2>/dev/null || :
(
  set -- ${KEPT_FOLDER}/moves/*.json
  [ -e "$1" ] || exit 0
  awk '{print "record " FILENAME "\\t" $0}' "$@"
) || exit 95
(
  set -- ${KEPT_FOLDER}/moves/*.json
  [ -e "$1" ] || exit 0
  sed -n 's/^.*"phase":"parked".*"kept":{"id":"[^"]*","folder":"\\([^"]*\\)".*$/\\1/p' "$@" |
    while read -r folder; do
      printf 'kept '
      head -c 4194304 -- "$folder/manifest.json" | tr -d '\\n'
      echo
    done
) 2>/dev/null || :
printf '\\nlook\\n'
exec "$@"`;

/** Says before the rest which of the programs before the word `--` are there. */
const hasScript = `while [ "$1" != -- ]; do
  if command -v "$1" >/dev/null 2>&1; then echo "has $1"; fi
  shift
done
shift`;

/** Bytes of an answer: what a host tells anyway, more for each container that is asked for, and never more. */
const mostOfHost = 4 * 2 ** 20;
const mostOfEach = 128 * 2 ** 10;
const mostOfAll = 64 * 2 ** 20;

/**
 * Records, leases and the engine's look, in one command, and which of the other programs are there. The
 * exit code is the engine's; 95: records cannot be read.
 */
export const lookAt = (engineLook: Command, others: readonly string[] = []): Command => ({
  ...engineLook,
  outputLimit: Math.min(mostOfAll, mostOfHost + mostOfEach * engineLook.argv.length),
  ...(others.length === 0
    ? script(engineLook.title ?? 'look', lookScript, ...engineLook.argv)
    : script(
        engineLook.title ?? 'look',
        `${hasScript}\n${lookScript}`,
        ...others,
        '--',
        ...engineLook.argv,
      )),
});

export interface LookedAt {
  readonly records: readonly MoveRecord[];
  readonly unreadableRecords: readonly UnreadableRecord[];
  readonly leases: readonly LeaseRecord[];
  /** The same for two hosts: they are one machine. Absent where it cannot be told. */
  readonly machine?: string;
  /** Of what parked containers come back from, as far as it can be read. */
  readonly kept: readonly KeptManifest[];
  /** Those of the other programs that are there. */
  readonly has: readonly string[];
  /** What the engine printed. */
  readonly rest: string;
}

interface Heads {
  now: number;
  machine: string | undefined;
  readonly times: Map<string, number>;
  readonly lines: Map<string, string>;
  readonly records: string[];
  readonly has: string[];
  readonly kept: KeptManifest[];
}

function readHead(head: Heads, line: string): void {
  const [word = ''] = line.split(' ', 1);
  const rest = line.slice(word.length + 1);
  if (word === 'now') head.now = Number.parseInt(rest, 10);
  else if (word === 'machine') head.machine = rest;
  else if (word === 'record') head.records.push(rest);
  else if (word === 'has') head.has.push(rest);
  else if (word === 'kept') readKept(head, rest);
  else readLeaseLine(head, word, rest);
}

function readKept({kept}: Heads, line: string): void {
  const manifest = readManifest(line);
  if (manifest.ok) kept.push(manifest.value);
}

function readLeaseLine(head: Heads, word: string, rest: string): void {
  if (word === 'time') {
    const [seconds = '0', path = ''] = rest.split(' ');
    head.times.set(path, Number.parseInt(seconds, 10));
  } else if (word === 'lease') {
    const colon = rest.indexOf(':');
    head.lines.set(rest.slice(0, colon), rest.slice(colon + 1));
  }
}

/** By the name of its file; undefined where that is none that cm gives. */
function recordName(path: string): ContainerName | undefined {
  const name = baseName(path).replace(/\.json$/, '');
  const container = decodeName(name);
  return encodeName(container) === name && name !== '' ? container : undefined;
}

/**
 * A record that cannot be read is of the container that its file is named after: going on without it could make two of that one.
 */
function readRecords(
  lines: readonly string[],
): Result<Pick<LookedAt, 'records' | 'unreadableRecords'>, string> {
  const records: MoveRecord[] = [];
  const unreadableRecords: UnreadableRecord[] = [];
  for (const line of lines) {
    const tab = line.indexOf('\t');
    const container = recordName(line.slice(0, tab));
    const record = readRecord(line.slice(tab + 1));
    if (record.ok && record.value.container === container) records.push(record.value);
    else if (container === undefined) return err(`"${line.slice(0, tab)}" is no record`);
    else {
      const reason = record.ok ? `it is of "${record.value.container}"` : record.error;
      unreadableRecords.push({container, reason});
    }
  }
  return ok({records, unreadableRecords});
}

export function readLookAt(stdout: string): Result<LookedAt, string> {
  const end = stdout.indexOf('\nlook\n') + 1;
  if (end === 0) return err('the answer is cut off');
  const head: Heads = {
    now: 0,
    machine: undefined,
    times: new Map(),
    lines: new Map(),
    records: [],
    has: [],
    kept: [],
  };
  for (const line of stdout.slice(0, end).split('\n')) readHead(head, line);
  const records = readRecords(head.records);
  if (!records.ok) return records;
  const leases = [...head.times].map(([path, time]) =>
    readLease(baseName(path), head.lines.get(path) ?? '', head.now - time),
  );
  return ok({
    ...records.value,
    leases,
    kept: head.kept,
    ...(head.machine !== undefined && {machine: head.machine}),
    has: head.has,
    rest: stdout.slice(end + 'look\n'.length),
  });
}
