import type {Place} from '../../base/problem.js';

/** The text of a plan file, able to say on which line an offset is. */
export interface Source {
  /** As the user named it. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** From an offset up to another, cut at the end of the first line. */
  readonly place: (start: number, end: number) => Place;
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The index of the last start that is not after the offset. */
function findLine(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function createSource(file: string, raw: string): Source {
  const text = raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
  let starts: readonly number[] | undefined;
  const place = (start: number, end: number): Place => {
    starts ??= findLineStarts(text);
    const index = findLine(starts, Math.min(start, text.length));
    const first = starts[index] ?? 0;
    const line = text.slice(first, starts[index + 1] ?? text.length).replace(/\r?\n$/u, '');
    const column = Math.min(start - first, Math.max(0, line.length - 1));
    const length = Math.max(1, Math.min(end - first, line.trimEnd().length) - column);
    return {file, line: index + 1, column: column + 1, length, text: line};
  };
  return {file, text, place};
}
