import type {Line} from '../lab/cm-run.js';
import {container} from './chaos-lab.js';

const nameOf = ({step}: Line): string => String(step).slice(container.length + 1);

/** The steps that run now, or `after NAME` between two. */
export function stepNow(lines: readonly Line[]): string {
  const open = new Set<string>();
  let last = 'nothing';
  for (const line of lines) {
    if (line.type !== 'step-started' && line.type !== 'step-settled') continue;
    last = line['undo'] === true ? `undo ${nameOf(line)}` : nameOf(line);
    if (line.type === 'step-started') open.add(last);
    else open.delete(last);
  }
  return open.size > 0 ? [...open].join(' + ') : `after ${last}`;
}

/** Whether a step has begun. */
export const hasBegun = (lines: readonly Line[], step: string): boolean =>
  lines.some((line) => line.type === 'step-started' && nameOf(line) === step && !line['undo']);

export const isDone = (lines: readonly Line[], step: string): boolean =>
  lines.some(
    (line) =>
      line.type === 'step-settled' &&
      nameOf(line) === step &&
      !line['undo'] &&
      line['outcome'] === 'done',
  );

/** When the container stopped serving for a move, in ms since the epoch; the last time before `at`. */
export function frozenAt(lines: readonly Line[], at: number): number {
  const times = lines.flatMap((line) =>
    line.type === 'step-started' && !line['undo'] && ['freeze', 'stop'].includes(nameOf(line))
      ? [Date.parse(String(line['at']))]
      : [],
  );
  return times.findLast((time) => time <= at) ?? at;
}

/** A copy that had served on the target was taken back. */
export const tookBack = (lines: readonly Line[]): boolean =>
  lines.some(
    (line) =>
      (line.type === 'step-started' &&
        line['undo'] === true &&
        /^(restore|start)$/.test(nameOf(line))) ||
      (line.type === 'container' && line['action'] === 'undo'),
  );

/** Where nobody can be served, whatever happens. */
export const inDowntime = (step: string): boolean =>
  /\b(freeze|stop|last-\w+|restore|start|running|undo)\b/.test(step);
