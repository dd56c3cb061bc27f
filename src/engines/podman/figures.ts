import {asList, asRecord, at, parseJson} from '../../base/json.js';

/** The first JSON object in a text that may hold other lines too. */
function embedded(text: string): unknown {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  if (from < 0 || to < from) return undefined;
  const parsed = parseJson(text.slice(from, to + 1));
  return parsed.ok ? parsed.value : undefined;
}

/** podman and CRIU count time in µs. */
const toMs = (value: number): number => Math.round(value / 10) / 100;

const numbers = (value: unknown): readonly (readonly [string, number])[] =>
  Object.entries(asRecord(value)).flatMap(([key, each]) =>
    typeof each === 'number' ? [[key, each] as const] : [],
  );

/**
 * What `--print-stats` says of a checkpoint or a restore, by podman's and CRIU's own names:
 * `frozen_time`, `memdump_time`, `restore_time`, … in ms, and `pages_…` as they are.
 */
export function podmanFigures(text: string): Readonly<Record<string, number>> | undefined {
  const stats = embedded(text);
  const one = asList(at(stats, 'container_statistics'))[0];
  if (one === undefined) return undefined;
  const all = [...numbers(stats), ...numbers(one), ...numbers(at(one, 'criu_statistics'))];
  return Object.fromEntries(
    all.map(([key, value]) => [key, key.startsWith('pages_') ? value : toMs(value)]),
  );
}
