import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Command} from '../../base/command.js';
import {
  manifestLine,
  type KeptFolder,
  type KeptManifest,
  type KeptProcess,
  type KeptSocket,
} from '../../state/host/kept.js';
import {seal} from './keep-scripts.js';

/** What the host found when it had measured a checkpoint. */
interface Measured {
  readonly files: KeptManifest['stored']['files'];
  readonly folders: ReadonlyMap<string, number>;
  readonly downtimeMs?: number;
  readonly processes: readonly KeptProcess[];
  readonly sockets: readonly KeptSocket[];
  readonly bytes: number;
}

/** All of a manifest that is known before anything is done. */
export type KeptHead = Omit<KeptManifest, 'content' | 'stored'> & {
  readonly content: Pick<KeptManifest['content'], 'memory' | 'mounts'>;
  readonly folders: readonly Omit<KeptFolder, 'bytes'>[];
};

interface Told {
  readonly pid: number;
  readonly parent: number;
  readonly inner: number;
  readonly name: string;
}

const wordsOf = (lines: readonly string[], word: string): readonly (readonly string[])[] =>
  lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.split(' ').slice(1)] : []));

const numberOf = (word = ''): number => (/^\d{1,15}$/.test(word) ? Number(word) : 0);

/** With the numbers that they have inside; the parent of the first is nobody there. */
function processesIn(lines: readonly string[]): readonly KeptProcess[] {
  const all = wordsOf(lines, 'process').map(([pid, parent, inner, ...name]): Told => ({
    pid: numberOf(pid),
    parent: numberOf(parent),
    inner: numberOf(inner),
    name: name.join(' '),
  }));
  const inside = new Map(all.map(({pid, inner}) => [pid, inner]));
  return all
    .map(({inner, parent, name}) => ({pid: inner, parent: inside.get(parent) ?? 0, name}))
    .sort((one, other) => one.pid - other.pid);
}

const socketsIn = (lines: readonly string[]): readonly KeptSocket[] =>
  wordsOf(lines, 'socket').map(([protocol = '', state = '', local = '', remote]) => ({
    protocol,
    state,
    local,
    ...(remote !== undefined && remote !== '' && {remote}),
  }));

/** Exported for tests. The last line says how much it is, so an answer that was cut off is noticed. */
export function readMeasured(stdout: string): Result<Measured, string> {
  const lines = stdout.trimEnd().split('\n');
  const [bytes] = wordsOf(lines.slice(-1), 'bytes').flat();
  if (bytes === undefined) return err('the digests of the checkpoint were cut off');
  const files = wordsOf(lines, 'file').map(([path = '', size, sha256 = '']) => ({
    path,
    bytes: numberOf(size),
    sha256,
  }));
  const [downtime] = wordsOf(lines, 'downtime').flat();
  return ok({
    files,
    folders: new Map(wordsOf(lines, 'folder').map(([key = '', size]) => [key, numberOf(size)])),
    ...(downtime !== undefined && {downtimeMs: numberOf(downtime)}),
    processes: processesIn(lines),
    sockets: socketsIn(lines),
    bytes: numberOf(bytes),
  });
}

/** From the host's own answer to the manifest that it is to write. */
export const sealing =
  (folder: string, head: KeptHead) =>
  (stdout: string): Result<Command, Problem> => {
    const measured = readMeasured(stdout);
    if (!measured.ok)
      return err({
        kind: 'step',
        code: 'not-measured',
        message: measured.error,
        container: head.container,
        host: head.origin.host,
      });
    return ok(seal(folder, manifestLine(manifestOf(head, measured.value))));
  };

function manifestOf({folders, ...head}: KeptHead, measured: Measured): KeptManifest {
  const {processes, sockets, files, bytes, downtimeMs} = measured;
  return {
    ...head,
    origin: {
      ...head.origin,
      ...(downtimeMs !== undefined && head.origin.running && {downtimeMs}),
    },
    content: {...head.content, processes, sockets},
    stored: {
      files,
      bytes,
      folders: folders.map((each) => ({...each, bytes: measured.folders.get(each.key) ?? 0})),
    },
  };
}
