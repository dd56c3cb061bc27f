import {spawnSync} from 'node:child_process';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** Programs of the bench that run as processes of their own lie beside it. */
export const childFile = (name: string): string =>
  join(dirname(fileURLToPath(import.meta.url)), `${name}.js`);

/** Runs a program to its end, which has to be a good one; its output, and how long it took in ms. */
export function timed(
  file: string,
  words: readonly string[],
  timeout = 60_000,
): {readonly stdout: string; readonly ms: number} {
  const began = performance.now();
  const ran = spawnSync(file, words, {timeout, encoding: 'utf8', maxBuffer: 2 ** 28});
  const ms = performance.now() - began;
  if (ran.status !== 0) throw new Error(`${file} ${words.join(' ')} failed: ${ran.stderr}`);
  return {stdout: ran.stdout, ms};
}

/** Both in turn, the other one first in each pair. */
export async function inTurn(
  pairs: number,
  ours: (pair: number) => number | Promise<number>,
  theirs: (pair: number) => number | Promise<number>,
): Promise<{readonly oursMs: number[]; readonly theirsMs: number[]}> {
  const [oursMs, theirsMs]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) oursMs.push(await ours(pair));
    theirsMs.push(await theirs(pair));
    if (pair % 2 === 1) oursMs.push(await ours(pair));
  }
  return {oursMs, theirsMs};
}
