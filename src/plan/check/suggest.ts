import {distance} from 'fastest-levenshtein';
import {quote} from '../parse/quote.js';

/** Two neighbours changed places, the commonest slip of all: `wbe` for `web`. */
function isSwapped(one: string, other: string): boolean {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return (
    at + 1 < one.length &&
    one[at] === other[at + 1] &&
    one[at + 1] === other[at] &&
    one.slice(at + 2) === other.slice(at + 2)
  );
}

/** The candidate that a misspelt word most likely meant: about a third of its letters may be wrong. */
export function findMeant(word: string, candidates: Iterable<string>): string | undefined {
  const written = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= least) continue;
    const other = candidate.toLowerCase();
    const far = isSwapped(written, other) ? 1 : distance(written, other);
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/** `did you mean "beta"`, or undefined when nothing is near. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const meant = findMeant(word, candidates);
  return meant === undefined ? undefined : `did you mean ${quote(meant)}`;
}
