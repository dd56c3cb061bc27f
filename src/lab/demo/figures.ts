import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';

/** What `cm` wrote down about its run. A figure that it does not have is left out. */
export interface RunFigures {
  readonly file: string;
  /** As `cm` counted it: from its last command before the freeze to the first after the restore. */
  readonly downtimeMs?: number;
  /** CRIU's own: how long the processes were frozen for its dump, and how long it took to make them again. */
  readonly frozenMs?: number;
  readonly restoreMs?: number;
}

/** From the newest report written since then; undefined when there is none. */
export async function readFigures(
  runsFolder: string,
  sinceMs: number,
): Promise<RunFigures | undefined> {
  const names = await readdir(runsFolder).catch(() => []);
  const files = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(runsFolder, name));
  const times = await Promise.all(files.map(changedAt));
  const newest = Math.max(0, ...times);
  const file = files[times.indexOf(newest)];
  return file === undefined || newest < sinceMs ? undefined : {file, ...(await figuresIn(file))};
}

const changedAt = (file: string): Promise<number> =>
  stat(file).then(
    ({mtimeMs}) => mtimeMs,
    () => 0,
  );

async function figuresIn(file: string): Promise<Omit<RunFigures, 'file'>> {
  try {
    const report: unknown = JSON.parse(await readFile(file, 'utf8'));
    const downtimeMs = find(report, /^downtimeMs$/);
    const frozenMs = find(report, /^frozen/);
    const restoreMs = find(report, /^restore(?:_time|Ms)?$/);
    return {
      ...(downtimeMs !== undefined && {downtimeMs}),
      ...(frozenMs !== undefined && {frozenMs}),
      ...(restoreMs !== undefined && {restoreMs}),
    };
  } catch {
    return {};
  }
}

/** The first number under such a name; what was only predicted is passed over. */
function find(value: unknown, name: RegExp): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'predicted' || key === 'planned') continue;
    const found = name.test(key) && typeof inner === 'number' ? inner : find(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
