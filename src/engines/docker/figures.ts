import {readCriuStats} from '../criu/stats.js';

/** CRIU counts time in µs. */
const toMs = (value: number): number => Math.round(value / 10) / 100;

/** What CRIU said of the dump, by its own names, from the line that `send` writes: times in ms, pages as they are. */
export function dockerFigures(text: string): Readonly<Record<string, number>> | undefined {
  const encoded = /^cm stats-dump (\S+)$/m.exec(text)?.[1];
  const read = encoded === undefined ? undefined : readCriuStats(encoded);
  if (!read?.ok) return undefined;
  const stats = read.value;
  return {
    freezing_time: toMs(stats.freezingTime),
    frozen_time: toMs(stats.frozenTime),
    memdump_time: toMs(stats.memdumpTime),
    memwrite_time: toMs(stats.memwriteTime),
    pages_scanned: stats.pagesScanned,
    pages_skipped_parent: stats.pagesSkipped,
    pages_written: stats.pagesWritten,
  };
}
