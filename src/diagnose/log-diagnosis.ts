import type {Cause, LogLine} from '../base/problem.js';
import {anyPattern} from './any-pattern.js';
import {LogLines, type Piece} from './log-lines.js';
import type {Rank, Rule} from './rule.js';
import {fill, shownLine} from './shown-line.js';
import {looksLikeError, Worth} from './worth.js';

/** What is known of one log. */
export interface Diagnosis {
  /** How many lines it has. */
  readonly lines: number;
  /** At most three: the first cause first. */
  readonly causes: readonly Cause[];
  /** The last lines that look like errors, for when nothing was recognised. */
  readonly errors: readonly LogLine[];
}

/** More would hide the first behind what followed from it. */
const MOST_CAUSES = 3;

/** Lines of a log that are shown for one cause. */
const MOST_LINES = 3;

const MOST_ERRORS = 12;

interface Hit {
  readonly rule: Rule;
  readonly caught: Readonly<Record<string, string>>;
  readonly lines: LogLine[];
  count: number;
  last: number;
}

const ranks: Readonly<Record<Rank, number>> = {cause: 0, follows: 1, wraps: 2};

const rankOf = ({rule}: Hit): number => ranks[rule.rank ?? 'cause'];

const firstLine = ({lines}: Hit): number => lines[0]?.line ?? 0;

/**
 * Looks through a log of any length, which arrives in parts, and keeps a few lines of it. A program that
 * fails says why first, and then every caller of it says that it failed: so causes count more than
 * what follows from them, and among causes the first line counts.
 */
export class LogDiagnosis {
  readonly #rules: readonly Rule[];
  readonly #any: readonly RegExp[];
  readonly #lines = new LogLines((piece) => {
    this.#look(piece);
  });
  readonly #worth = new Worth();
  readonly #hits = new Map<string, Hit>();
  readonly #errors: LogLine[] = [];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#any = anyPattern(rules);
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  /** To be called once, after the last part. */
  end(): Diagnosis {
    this.#lines.end();
    return {lines: this.#lines.count, causes: this.#causes(), errors: this.#errors};
  }

  #look(piece: Piece): void {
    if (!this.#worth.isLooked(piece)) return;
    if (this.#any.some((pattern) => pattern.test(piece.text))) this.#match(piece);
    if (looksLikeError(piece.text)) this.#keepError(piece);
  }

  #match({text, line}: Piece): void {
    for (const rule of this.#rules) {
      const found = match(rule, text);
      if (found) this.#hit(rule, found, line);
    }
  }

  #hit(rule: Rule, found: RegExpExecArray, line: number): void {
    const known = this.#hits.get(rule.id);
    const hit = known ?? {rule, caught: {...found.groups}, lines: [], count: 0, last: 0};
    if (!known) this.#hits.set(rule.id, hit);
    // The pieces of a long line overlap.
    if (hit.last === line) return;
    hit.last = line;
    hit.count += 1;
    if (hit.lines.length < MOST_LINES)
      hit.lines.push({line, text: shownLine(found.input, found.index)});
  }

  #keepError({line, text}: Piece): void {
    if (this.#errors.at(-1)?.line === line) return;
    this.#errors.push({line, text: shownLine(text)});
    if (this.#errors.length > MOST_ERRORS) this.#errors.shift();
  }

  #causes(): readonly Cause[] {
    const hits = [...this.#hits.values()];
    const best = Math.min(...hits.map(rankOf));
    const hidden = new Set(hits.flatMap(({rule}) => rule.hides ?? []));
    return hits
      .filter((hit) => rankOf(hit) === best && !hidden.has(hit.rule.id))
      .sort((one, other) => firstLine(one) - firstLine(other))
      .slice(0, MOST_CAUSES)
      .map(causeOf);
  }
}

function match({patterns}: Rule, text: string): RegExpExecArray | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found) return found;
  }
  return undefined;
}

const causeOf = ({rule, caught, lines, count}: Hit): Cause => ({
  rule: rule.id,
  where: rule.where,
  means: fill(rule.means, caught),
  remedy: fill(rule.remedy, caught),
  see: rule.see,
  lines,
  count,
});
