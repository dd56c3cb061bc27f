import {mutated} from './mutate.js';
import {Random} from './random.js';
import type {Target} from './targets.js';

/** More of the processor's time than this for one input is a failure, ms. */
const MOST_MS = 2000;

export interface Failure {
  /** Gives the same input again, together with the seed. */
  readonly index: number;
  readonly why: string;
  readonly text: string;
}

export interface Fuzzed {
  readonly inputs: number;
  /** Those that were understood: were it none, nothing would have been tried. */
  readonly understood: number;
  readonly slowestMs: number;
  readonly tookMs: number;
  /** The first of each kind. */
  readonly failures: readonly Failure[];
}

export const inputOf = (target: Target, seed: number, index: number): string =>
  mutated(target.corpus, target.edits, new Random(Math.imul(seed, 0x9e3779b1) ^ index));

/** Time that this process has worked: another one on the same machine must not make it fail. */
const worked = (since?: NodeJS.CpuUsage): number => {
  const {user, system} = process.cpuUsage(since);
  return (user + system) / 1000;
};

async function tried(target: Target, text: string): Promise<{understood: boolean; why?: string}> {
  const before = process.cpuUsage();
  try {
    const understood = await target.read(text);
    const ms = worked(before);
    return ms > MOST_MS ? {understood, why: `took ${ms.toFixed(0)} ms`} : {understood};
  } catch (thrown) {
    const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return {understood: false, why: stack.split('\n').slice(0, 4).join('\n')};
  }
}

/** One stretch of text after the other is left out, as long as it still fails in the same way. */
async function shortened(target: Target, text: string, why: string): Promise<string> {
  const head = why.split('\n')[0];
  let best = text;
  for (
    let size = Math.ceil(text.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let at = 0; at < best.length;) {
      const less = best.slice(0, at) + best.slice(at + size);
      const again = await tried(target, less);
      if (again.why?.split('\n')[0] === head) best = less;
      else at += size;
    }
  return best;
}

export interface Fuzzing {
  readonly inputs: number;
  readonly seed: number;
  /** Told before each input. */
  readonly at?: (index: number) => void;
}

export async function fuzz(target: Target, {inputs, seed, at}: Fuzzing): Promise<Fuzzed> {
  const began = Date.now();
  const failures = new Map<string, Failure>();
  let understood = 0;
  let slowestMs = 0;
  for (let index = 0; index < inputs; index += 1) {
    at?.(index);
    const text = inputOf(target, seed, index);
    const before = process.cpuUsage();
    const result = await tried(target, text);
    slowestMs = Math.max(slowestMs, worked(before));
    if (result.understood) understood += 1;
    const {why} = result;
    if (why === undefined) continue;
    const kind = why.replaceAll(/\d+/g, '#').split('\n').slice(0, 2).join('\n');
    if (failures.has(kind) || failures.size >= 20) continue;
    failures.set(kind, {index, why, text: await shortened(target, text, why)});
  }
  const tookMs = Date.now() - began;
  return {inputs, understood, slowestMs, tookMs, failures: [...failures.values()]};
}
