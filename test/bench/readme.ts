import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {markdown, type Results, tables} from './result.js';

const [begin, end] = ['<!-- figures -->', '<!-- /figures -->'];

/** What is kept of these groups, in this order; of some there may be nothing. */
export const keptOf = (folder: string, groups: readonly string[]): readonly Results[] =>
  groups.flatMap((group) => {
    const file = join(folder, `${group}.json`);
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as Results] : [];
  });

/** All that was measured into `bench.md`, beside the files it is from. */
export function writeMarkdown(folder: string, groups: readonly string[]): void {
  writeFileSync(join(folder, 'bench.md'), markdown(keptOf(folder, groups)));
}

/** Its tables into the README, in place of those that stand there. */
export function render(readme: string, folder: string, groups: readonly string[]): void {
  const text = readFileSync(readme, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${readme} has no place for figures: ${begin}`);
  const kept = keptOf(folder, groups);
  if (kept.length === 0) throw new Error(`nothing was measured in ${folder} yet`);
  const scripts =
    '- ours and theirs in turn, nothing left out; *naive…* and *expert*: the scripts in `test/bench`; hosts of the lab';
  const block = [begin, scripts, ...tables(kept)].join('\n').trimEnd();
  writeFileSync(readme, `${text.slice(0, from)}${block}\n${text.slice(to)}`);
}
