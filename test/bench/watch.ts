import {readFileSync, watch, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {imageName} from '../../src/lab/lab.js';
import type {BenchLab} from './bench-lab.js';
import type {Recorder} from './recorder.js';
import {median} from './statistics.js';

/** How long nothing must have changed before `cm watch` reads, ms. */
const settleMs = 200;

const reading = 'a plan has changed';
const settled = 'nothing to do';

/** A `cm watch` that runs; when it said what. */
class Watching {
  readonly said: {readonly at: number; readonly text: string}[] = [];
  private readonly child;

  constructor(lab: BenchLab, plan: string) {
    this.child = execa('node', [lab.program, 'watch', plan, '--interval', '1h'], {
      ...{env: lab.env, reject: false, all: true, buffer: false, stdin: 'ignore'},
      ...{timeout: 300_000, killSignal: 'SIGKILL'},
    });
    this.child.all.setEncoding('utf8').on('data', (text: string) => {
      const at = performance.now();
      for (const line of text.split('\n')) this.said.push({at, text: line});
    });
  }

  get cpuMs(): number {
    const fields = readFileSync(`/proc/${this.child.pid ?? 0}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ');
    // utime and stime, in the kernel's hundredths of a second
    return 10 * (Number(fields?.[11]) + Number(fields?.[12]));
  }

  timesSince(from: number, text: string): readonly number[] {
    return this.said
      .filter((each) => each.at >= from && each.text.includes(text))
      .map(({at}) => at);
  }

  async next(from: number, text: string): Promise<number> {
    const until = performance.now() + 30_000;
    for (;;) {
      const [at] = this.timesSince(from, text);
      if (at !== undefined) return at;
      if (performance.now() > until)
        throw new Error(`cm watch did not say "${text}": ${JSON.stringify(this.said)}`);
      await sleep(2);
    }
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.child;
  }
}

/** From a save to the line that says that it is read, and to the callback of a bare `fs.watch`; ms. */
async function latencies(watching: Watching, plan: string, saves: number) {
  const text = readFileSync(plan, 'utf8');
  let seen = 0;
  const bare = watch(dirname(plan), () => {
    if (seen === 0) seen = performance.now();
  });
  const [oursMs, bareMs]: [number[], number[]] = [[], []];
  for (let save = 0; save < saves; save++) {
    seen = 0;
    const began = performance.now();
    writeFileSync(plan, `${text}# ${save}\n`);
    oursMs.push((await watching.next(began, reading)) - began - settleMs);
    bareMs.push(seen - began);
    await watching.next(began, settled);
    await sleep(100);
  }
  bare.close();
  return {oursMs, bareMs};
}

const high = (values: readonly number[]): number => Math.max(...values);
const rounded = (ms: number): number => Math.round(10 * ms) / 10;

/** `cm watch` on a plan whose one container is where it belongs. */
export async function benchWatch(lab: BenchLab, saves: number, idleS: number, recorder: Recorder) {
  console.error(`watch, ${saves} saves, ${idleS} s idle`);
  await lab.shell('alpha', 'podman create --name "$1" "$2" >/dev/null', 'web', imageName('redis'));
  const plan = await lab.plan('watched', 'containers: {web: {on: alpha}}\n');
  const watching = new Watching(lab, plan);
  try {
    await watching.next(0, settled);
    const {oursMs, bareMs} = await latencies(watching, plan, saves);
    const more = oursMs.map((ms, i) => ms - (bareMs[i] ?? 0));
    const note = `cm ${rounded(median(oursMs))} ms after its ${settleMs} ms of quiet, fs.watch ${rounded(median(bareMs))} ms; ${saves} saves`;
    recorder.put({
      figures: [
        {
          id: 'G1',
          what: 'save to reconcile beyond fs.watch, p50',
          value: rounded(median(more)),
          unit: 'ms',
          note,
          goal: 25,
        },
        {
          id: 'G1/worst',
          what: 'the same, the worst',
          value: rounded(high(more)),
          unit: 'ms',
          note,
          goal: 100,
        },
      ],
    });
    const bursts: number[] = [];
    for (let burst = 0; burst < 3; burst++) bursts.push(await savesAtOnce(watching, plan));
    recorder.put({
      figures: [
        {
          id: 'G2',
          what: 'reconciles for 20 saves in 200 ms, the most of 3',
          value: high(bursts),
          unit: '',
          note: bursts.join(' '),
          goal: 2,
        },
      ],
    });
    // what the bursts left to tidy up is not idleness
    await sleep(5000);
    const before = watching.cpuMs;
    await sleep(idleS * 1000);
    const minute = ((watching.cpuMs - before) * 60) / idleS / 1000;
    recorder.put({
      figures: [
        {
          id: 'G3',
          what: 'CPU of an idle watch',
          value: Math.round(1000 * minute) / 1000,
          unit: 's a minute',
          note: `over ${idleS} s, in steps of 10 ms`,
          goal: 0.2,
        },
      ],
    });
  } finally {
    await watching.stop();
    await lab.shell('alpha', 'podman rm --force web >/dev/null');
  }
}

async function savesAtOnce(watching: Watching, plan: string): Promise<number> {
  const text = readFileSync(plan, 'utf8');
  const began = performance.now();
  for (let save = 0; save < 20; save++) {
    writeFileSync(plan, `${text}# burst ${save}\n`);
    await sleep(10);
  }
  await watching.next(began, settled);
  await sleep(2000);
  return watching.timesSince(began, reading).length;
}
