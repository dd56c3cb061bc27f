import {distance} from 'fastest-levenshtein';
import {quote} from './quote.js';

/** The candidate that a misspelt word most likely meant: about a third of its letters may be wrong. */
export function findMeant(word: string, candidates: Iterable<string>): string | undefined {
  const written = word.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= least) continue;
    const far = distance(written, candidate.toLowerCase());
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

/** `did you mean "beta"`, or undefined when nothing is near. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const meant = findMeant(word, candidates);
  return meant === undefined ? undefined : `did you mean ${quote(meant)}`;
}
