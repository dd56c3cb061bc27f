/** Text without secrets, and how many were taken out. */
export interface Redacted {
  readonly text: string;
  readonly count: number;
}

/** What stands in the place of a secret. */
export const gone = '***';

/** A part of a text that goes, and what stands there instead. */
export interface Hidden {
  readonly from: number;
  readonly to: number;
  readonly instead?: string;
}

/** Finds the secret that a match announces; undefined when there is none. */
export type Find = (match: RegExpExecArray, text: string) => Hidden | undefined;

/**
 * Takes out what is found behind each match. Where there is nothing to hide the search goes on behind the first
 * group, for one announcement may stand in the value of another.
 */
export function hideEach(text: string, announce: RegExp, find: Find): Redacted {
  const search = new RegExp(announce.source, [...new Set(`${announce.flags}g`)].join(''));
  let [left, from, count] = ['', 0, 0];
  for (let match = search.exec(text); match; match = search.exec(text)) {
    const hidden = find(match, text);
    if (hidden && hidden.to > hidden.from) {
      left += text.slice(from, hidden.from) + (hidden.instead ?? gone);
      from = hidden.to;
      search.lastIndex = Math.max(hidden.to, match.index + 1);
      count += 1;
    } else search.lastIndex = match.index + Math.max(1, match[1]?.length ?? match[0].length);
  }
  return {text: left + text.slice(from), count};
}
