import {isMainThread, parentPort, Worker, workerData} from 'node:worker_threads';
import {parseArgs} from 'node:util';
import {fuzz, inputOf} from './fuzz.js';
import {targets, type Target} from './targets.js';

/** An input that takes longer than this will never end, ms. */
const STUCK_MS = 60_000;

interface Work {
  readonly names: readonly string[];
  readonly inputs: number;
  readonly seed: number;
}

const targetOf = (name: string): Target => {
  const target = targets.get(name);
  if (!target) throw new Error(`no target "${name}"; there are ${[...targets.keys()].join(', ')}`);
  return target;
};

/** In a thread of its own, so that one that hangs can be told. */
async function work({names, inputs, seed}: Work): Promise<void> {
  for (const name of names) {
    const at = (index: number): void => {
      if (index % 100 === 0) parentPort?.postMessage({name, index});
    };
    const {failures, understood, slowestMs, tookMs} = await fuzz(targetOf(name), {
      inputs,
      seed,
      at,
    });
    const seconds = (tookMs / 1000).toFixed(1);
    process.stdout.write(
      `${name}: ${inputs} inputs in ${seconds} s, ${understood} understood, slowest ${slowestMs.toFixed(0)} ms, ${failures.length} kinds of failures\n`,
    );
    for (const {index, why, text} of failures)
      process.stdout.write(`  --seed ${seed}, input ${index}: ${why}\n  ${JSON.stringify(text)}\n`);
    parentPort?.postMessage({failed: failures.length});
  }
}

function watch(all: Work): void {
  const worker = new Worker(new URL(import.meta.url), {workerData: all});
  let last = {name: '', index: 0};
  let since = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - since < STUCK_MS) return;
    const {name, index} = last;
    process.stdout.write(`${name}: hangs in one of the inputs ${index} to ${index + 99}\n`);
    process.exit(1);
  }, 1000);
  worker.on('message', (told: {name?: string; index?: number; failed?: number}) => {
    since = Date.now();
    if (told.name !== undefined) last = {name: told.name, index: told.index ?? 0};
    if ((told.failed ?? 0) > 0) process.exitCode = 1;
  });
  worker.on('exit', () => {
    clearInterval(timer);
  });
}

if (isMainThread) {
  const {values, positionals} = parseArgs({
    allowPositionals: true,
    options: {
      inputs: {type: 'string', default: '100000'},
      seed: {type: 'string', default: '1'},
      show: {type: 'string'},
    },
  });
  const names = positionals.length > 0 ? positionals : [...targets.keys()];
  const seed = Number(values.seed);
  if (values.show === undefined) watch({names, inputs: Number(values.inputs), seed});
  else process.stdout.write(inputOf(targetOf(names[0] ?? ''), seed, Number(values.show)));
} else await work(workerData as Work);
