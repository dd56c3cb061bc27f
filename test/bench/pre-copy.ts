import {setTimeout as sleep} from 'node:timers/promises';
import {imageName} from '../../src/lab/lab.js';
import {askDirty, checkDirty} from '../lab/dirty.js';
import type {ContainerReport, RoundReport} from '../../src/state/runner/run-report.js';
import type {BenchLab, HostOf} from './bench-lab.js';
import {DirtyClient} from './dirty-client.js';
import {predictions, type Foretold} from './predictions.js';
import type {Recorder} from './recorder.js';
import {median} from './statistics.js';

/** Of the link, by the plan's own limit; bits a second. Below what an emulated machine's ssh can do. */
const bandwidth = 60e6;

interface Load {
  readonly mib: number;
  /** Pages a second, over so many MiB. */
  readonly rate: number;
  readonly hot: number;
}

interface Went {
  /** What a client saw. */
  readonly gapMs: number;
  readonly downtimeMs: number;
  /** CRIU's frozen time and the bytes of the freeze at the limit of the link: no emulated CPU is in the latter. */
  readonly frozenAndBytesMs: number;
  readonly rounds: readonly RoundReport[];
  readonly bytes: number;
}

class DirtyRig {
  at: HostOf = 'alpha';
  /** As the plan limits it, or as fast as it is. */
  limited = true;
  private readonly lab: BenchLab;
  private mib = 0;

  constructor(lab: BenchLab) {
    this.lab = lab;
  }

  get other(): HostOf {
    return this.at === 'alpha' ? 'beta' : 'alpha';
  }

  get address(): string {
    return this.lab.ip(21);
  }

  async start({mib, rate, hot}: Load): Promise<void> {
    await this.lab.onAll('podman rm --all --force --time 0 >/dev/null; rm -rf /var/lib/cm');
    this.at = 'alpha';
    this.mib = mib;
    await this.lab.shell(
      'alpha',
      'image=$1 ip=$2; shift 2; podman run --detach --name dirty --network lan --ip "$ip" --mac-address 02:00:00:00:00:21 "$image" dirty "$@" >/dev/null',
      ...[imageName('dirty'), this.address, `mib=${mib}`, `rate=${rate}`, `hot=${hot}`],
    );
    for (let tries = 0; ; tries++) {
      const said = await askDirty(this.address, 'count').catch(String);
      if (said.startsWith('count=')) return;
      if (tries > 100) throw new Error(`dirty does not answer: ${said}`);
      await sleep(300);
    }
  }

  plan = (strategy: string, more = ''): Promise<string> =>
    this.lab.plan(
      'dirty',
      `${this.limited ? `limits: {bandwidth: ${bandwidth / 1e6}Mbit}\n` : ''}containers:\n  dirty: {on: ${this.other}, strategy: ${strategy}${more}, verify: {tcp: 7000}}\n`,
    );

  async move(strategy: string, more = ''): Promise<Went> {
    const plan = await this.plan(strategy, more);
    const client = await DirtyClient.open(this.address);
    await sleep(500);
    const ran = await this.lab.cm(['apply', plan, '--yes', '--json'], 400_000);
    await sleep(1000);
    const gapMs = await client.stop();
    this.at = this.other;
    const {downtimeMs = Number.NaN, bytes = 0}: ContainerReport = ran.container('dirty');
    const freeze = ran.step('dirty/freeze');
    const frozen = freeze.figures?.['frozen_time'] ?? Number.NaN;
    const went = {
      ...{gapMs, downtimeMs, rounds: ran.rounds, bytes},
      frozenAndBytesMs: frozen + ((freeze.bytes ?? 0) * 8000) / bandwidth,
    };
    console.error(
      `  ${strategy} to ${this.at}: ${Math.round(gapMs)} ms for a client, ${downtimeMs} ms by cm, ${went.rounds.length} rounds, ${Math.round(bytes / 2 ** 20)} MiB (all of it ${Math.round(ran.tookMs / 1000)} s)`,
    );
    return went;
  }

  async check(): Promise<void> {
    const {pages, bad, memory, due} = await checkDirty(this.address);
    if (bad > 0 || memory !== due || pages !== this.mib * 256)
      throw new Error(`memory is not as it has to be: ${bad} of ${pages} pages`);
  }

  /** Which strategy would be taken, and why not the ones before it. */
  async chosen(strategies: string): Promise<{readonly strategy?: string; readonly fell: string}> {
    const ran = await this.lab.cm(['plan', await this.plan(strategies), '--json']);
    interface Chosen {
      readonly strategy?: string;
      readonly fell?: readonly {readonly refusals: readonly {readonly code: string}[]}[];
    }
    const [line] = ran.of('container') as readonly Chosen[];
    const fell = (line?.fell ?? []).flatMap(({refusals}) => refusals.map(({code}) => code));
    return {...(line?.strategy !== undefined && {strategy: line.strategy}), fell: fell.join(' ')};
  }
}

interface Both {
  readonly ours: Went[];
  readonly theirs: Went[];
}

/** Both strategies in turn, another one first in each pair. */
async function pairsOf(rig: DirtyRig, pairs: number, more: string, tell: (both: Both) => void) {
  const both: Both = {ours: [], theirs: []};
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) both.ours.push(await rig.move('pre-copy', more));
    both.theirs.push(await rig.move('stateful'));
    if (pair % 2 === 1) both.ours.push(await rig.move('pre-copy', more));
    tell(both);
  }
  await rig.check();
  return both;
}

const compared = (id: string, what: string, {ours, theirs}: Both, of: (went: Went) => number) => ({
  ...{id, what, ours: 'pre-copy', theirs: 'stateful'},
  ...{oursMs: ours.map(of), theirsMs: theirs.map(of)},
});

const about = ({mib, rate, hot}: Load, link = `link ${bandwidth / 1e6} Mbit/s`): string =>
  `${mib} MiB, ${Math.round((rate * 4096 * 8) / 1e5) / 10} Mbit/s of changes over ${hot} MiB, ${link}, emulated CPU`;

async function benchConverging(rig: DirtyRig, load: Load, pairs: number, recorder: Recorder) {
  console.error(`pre-copy, ${about(load)}, ${pairs} pairs`);
  await rig.start(load);
  await pairsOf(rig, pairs, '', (both) => {
    recorder.put({
      comparisons: [
        {
          ...compared('B1', `${about(load)}: no reply for a client`, both, ({gapMs}) => gapMs),
          goal: 0.45,
          aim: 0.25,
        },
        {
          ...compared(
            'B1/frozen+bytes',
            "CRIU's frozen time and the freeze's bytes at the link's limit",
            both,
            ({frozenAndBytesMs}) => frozenAndBytesMs,
          ),
          goal: 0.25,
        },
      ],
      figures: predictions(
        'B4',
        'predicted before the freeze, off what was measured (median)',
        lastWords(both.ours),
      ),
    });
  });
}

/** Of the last round, which is the last word before the freeze. */
const lastWords = (all: readonly Went[]): readonly Foretold[] =>
  all.flatMap(({rounds, downtimeMs}) => {
    const expected = rounds.at(-1)?.expectedMs;
    return expected === undefined ? [] : [{expected, downtimeMs}];
  });

async function benchHopeless(rig: DirtyRig, load: Load, pairs: number, recorder: Recorder) {
  console.error(`pre-copy that cannot converge, ${about(load)}, ${pairs} pairs`);
  await rig.start(load);
  await pairsOf(rig, pairs, ', onNoConverge: cutover', (both) => {
    const sent = median(both.ours.map(({bytes}) => bytes / (load.mib * 2 ** 20)));
    const counts = both.ours.map(({rounds}) => rounds.length);
    recorder.put({
      comparisons: [
        {
          ...compared('B3', `${about(load)}: no reply for a client`, both, ({gapMs}) => gapMs),
          goal: 1.3,
          aim: 1.15,
        },
        {
          ...compared(
            'B3/frozen+bytes',
            "CRIU's frozen time and the freeze's bytes at the link's limit",
            both,
            ({frozenAndBytesMs}) => frozenAndBytesMs,
          ),
          goal: 1.15,
        },
      ],
      figures: [
        {
          id: 'B3/sent',
          what: 'bytes sent where pre-copy cannot converge',
          value: Math.round(100 * sent) / 100,
          unit: '× its memory',
          note: `rounds: ${counts.join(' ')}`,
          goal: 3,
        },
      ],
    });
  });
}

/**
 * The link has no limit, and is about as fast as a restore there, since both are the emulated CPU's: restoring every page
 * and the engine's commands are the most of what is left.
 */
async function benchFastLink(rig: DirtyRig, load: Load, recorder: Recorder): Promise<void> {
  const what = about(load, 'link not limited');
  console.error(`pre-copy, ${what}, 1 pair`);
  await rig.start(load);
  rig.limited = false;
  const both = await pairsOf(rig, 1, '', () => undefined);
  rig.limited = true;
  const last = both.ours[0]?.rounds.at(-1);
  recorder.put({
    comparisons: [
      {
        ...compared('B2', `${what}: no reply for a client`, both, ({gapMs}) => gapMs),
        ...{goal: 0.75, aim: 0.6},
      },
    ],
    figures: [
      {
        id: 'B2/rho',
        what: 'the dirty rate as a share of the bandwidth, by the last round',
        value: Math.round((100 * (last?.dirtyRate ?? Number.NaN)) / (last?.bandwidth ?? 1)) / 100,
        unit: '',
        note: `${Math.round((last?.bandwidth ?? 0) / 1e5) / 10} MB/s, dump and stream together`,
      },
    ],
  });
}

async function benchTiny(rig: DirtyRig, recorder: Recorder): Promise<void> {
  await rig.start({mib: 8, rate: 10, hot: 1});
  const {strategy, fell} = await rig.chosen('[pre-copy, stateful]');
  recorder.put({
    figures: [
      {
        id: 'B5',
        what: 'plans that take pre-copy for 8 MiB where stateful is as good',
        value: strategy === 'stateful' ? 0 : 1,
        unit: 'of 1',
        note: `${strategy ?? 'nothing'} was taken; not pre-copy: ${fell}`,
        goal: 0,
      },
    ],
  });
}

/** Pages a second that change as much as that share of the link can carry. */
const pagesFor = (share: number): number => Math.round((share * bandwidth) / 8 / 4096);

/**
 * Pre-copy on virtual machines, since it needs a kernel that tracks memory. They are emulated: times that a CPU spends
 * are many times too long, and the link is held to a rate at which they count less.
 */
export async function benchPreCopy(
  lab: BenchLab,
  mib: number,
  pairs: number,
  recorder: Recorder,
): Promise<void> {
  const rig = new DirtyRig(lab);
  await benchConverging(rig, {mib, rate: pagesFor(0.2), hot: 8}, pairs, recorder);
  await benchFastLink(rig, {mib, rate: pagesFor(0.2), hot: 8}, recorder);
  await benchHopeless(rig, {mib, rate: pagesFor(2), hot: mib}, Math.max(1, pairs - 1), recorder);
  await benchTiny(rig, recorder);
}
