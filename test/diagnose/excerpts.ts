import {readFileSync} from 'node:fs';

export interface Excerpt {
  readonly rule: string;
  readonly source: string;
  readonly lines: readonly string[];
}

const text = readFileSync(new URL('excerpts.txt', import.meta.url), 'utf8');

/** What programs print, with the rule that is to recognise it. */
export const excerpts: readonly Excerpt[] = text
  .split(/^== /mu)
  .slice(1)
  .map((part) => {
    const [head = '', ...lines] = part.split('\n');
    const [rule = '', source = ''] = head.split(/ {2}/u);
    return {rule, source, lines: lines.filter((line) => line !== '')};
  });

/** A log of the folder beside this file. */
export const logText = (name: string): string =>
  readFileSync(new URL(`logs/${name}.log`, import.meta.url), 'utf8');
