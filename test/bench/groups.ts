import {type BenchLab, inLab, type LabWanted} from './bench-lab.js';
import {benchDowntime} from './downtime.js';
import {benchGraph} from './graph.js';
import {benchLink, benchNeeded, slowed} from './link.js';
import {benchMany, disjoint, oneWay} from './many.js';
import {benchPreCopy} from './pre-copy.js';
import type {Recorder} from './recorder.js';
import {inDocker} from './redis-docker.js';
import {inPodman, type RedisKind, RedisRig} from './redis-rig.js';
import {inRunc} from './redis-runc.js';
import {benchRunner} from './runner.js';
import {benchStart} from './start.js';
import {benchWatch} from './watch.js';

export interface Wanted {
  readonly program: string;
  readonly lab: string;
  /** Absent: as the group has it. */
  readonly pairs?: number;
  /** Absent: as the group has them. */
  readonly megabytes?: readonly number[];
  readonly withCm: boolean;
}

export interface Group {
  readonly about: string;
  /** On a machine that does nothing else, by its own defaults. */
  readonly minutes: number;
  readonly pairs: number;
  readonly run: (wanted: Wanted, recorder: Recorder) => Promise<void>;
}

const open = (
  {program, lab: name, hosts}: Wanted & Pick<LabWanted, 'hosts'>,
  recorder: Recorder,
  body: (lab: BenchLab) => Promise<void>,
) =>
  inLab({name, program, images: ['redis'], ...(hosts && {hosts})}, async (lab) => {
    recorder.say('versions', await lab.versions());
    await body(lab);
  });

interface Size {
  readonly megabytes: number;
  /** The comparisons with the scripts of the engine, in their order. */
  readonly ids: readonly string[];
  /** Fewer than the group has. */
  readonly fewer?: number;
}

const sizes: readonly Size[] = [
  {megabytes: 512, ids: ['A1', 'A2']},
  {megabytes: 64, ids: ['A1b', 'A2b'], fewer: 2},
  {megabytes: 1, ids: ['A1c', 'A2c'], fewer: 2},
];

interface Goals {
  readonly goal: number;
  readonly aim?: number;
}

/** By id; of a size of its own, that of the id before the slash. */
const goals: Readonly<Record<string, Goals>> = {
  A1: {goal: 0.35, aim: 0.2},
  'A1-runc': {goal: 0.3, aim: 0.15},
  A2: {goal: 1.1},
  A2b: {goal: 1.25},
  A2c: {goal: 1.25},
};

const goalsOf = (id: string): Goals => goals[id.split('/')[0] ?? ''] ?? {goal: 0.8, aim: 0.6};

async function downtimes(
  wanted: Wanted,
  recorder: Recorder,
  kind: RedisKind,
  known: readonly Size[],
  usual: number,
  more: (rig: RedisRig) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await open(wanted, recorder, async (lab) => {
    const rig = await RedisRig.make(lab, kind);
    const [first] = known;
    const chosen = wanted.megabytes?.map(
      (megabytes) =>
        known.find((each) => each.megabytes === megabytes) ?? {
          ...{megabytes, ids: (first?.ids ?? []).map((id) => `${id}/${megabytes}MB`)},
        },
    );
    for (const {megabytes, ids, fewer = 0} of chosen ?? known) {
      const pairs = wanted.pairs ?? usual - fewer;
      const byScript = <T>(of: (id: string) => T): Readonly<Record<string, T>> =>
        Object.fromEntries(kind.scripts.map((script, i) => [script, of(ids[i] ?? script)]));
      await benchDowntime(rig, recorder, {
        ...{megabytes, pairs, withCm: wanted.withCm},
        ...{ids: byScript((id) => id), goals: byScript(goalsOf)},
      });
    }
    await more(rig);
  });
}

/** By name, in the order in which they run: what has to be quiet first, and the slow ones last. */
export const groups: Readonly<Record<string, Group>> = {
  start: {
    ...{about: 'D1-D4: --version, --help and validate against node', minutes: 1, pairs: 15},
    run: ({program, pairs = 15}, recorder) => {
      benchStart(program, pairs, recorder);
      return Promise.resolve();
    },
  },
  downtime: {
    ...{about: 'A1, A1b, A1c, A2: podman, against naive.sh and expert.sh', minutes: 8, pairs: 7},
    run: (wanted, recorder) => downtimes(wanted, recorder, inPodman, sizes, 7),
  },
  runc: {
    ...{about: 'A1-runc: bundles, against naive-runc.sh', minutes: 3, pairs: 5},
    run: (wanted, recorder) =>
      downtimes(wanted, recorder, inRunc, [{megabytes: 512, ids: ['A1-runc']}], 5, (rig) =>
        benchNeeded(rig, 'A1-runc/needed', {megabytes: 512, pairs: wanted.pairs ?? 4}, recorder),
      ),
  },
  docker: {
    ...{about: 'A1-docker: against naive-docker.sh', minutes: 2, pairs: 5},
    run: (wanted, recorder) =>
      downtimes(wanted, recorder, inDocker, [{megabytes: 200, ids: ['A1-docker']}], 5),
  },
  link: {
    ...{about: 'A3, A4: use of a link of 1 Gbit/s, growth with memory', minutes: 3, pairs: 5},
    run: (wanted, recorder) =>
      open(wanted, recorder, async (lab) => {
        const rig = await RedisRig.make(lab, inPodman);
        await benchLink(rig, wanted.megabytes?.[0] ?? 512, wanted.pairs ?? 5, recorder);
      }),
  },
  shaped: {
    ...{about: 'A1, A2 over a link of 1 Gbit/s', minutes: 4, pairs: 3},
    run: (wanted, recorder) =>
      open(wanted, recorder, async (lab) => {
        const rig = await RedisRig.make(lab, inPodman);
        const {pairs = 3, megabytes: [megabytes = 512] = [], withCm} = wanted;
        await slowed(rig, () =>
          benchDowntime(rig, recorder, {
            ...{megabytes, pairs, withCm, link: '1 Gbit/s'},
            ids: {naive: 'A1/1Gbit', expert: 'A2/1Gbit'},
            goals: {naive: goalsOf('A1'), expert: goalsOf('A2')},
          }),
        );
      }),
  },
  graph: {
    ...{about: 'C1-C3: planning, nothing to do, cost of a step', minutes: 2, pairs: 7},
    run: (wanted, recorder) =>
      open(wanted, recorder, (lab) =>
        benchGraph(lab, wanted.pairs ?? 7, wanted.megabytes?.[0] ?? 100, recorder),
      ),
  },
  runner: {
    ...{about: 'E1-E3: memory and traffic of the machine that runs cm', minutes: 1, pairs: 1},
    run: (wanted, recorder) =>
      open(wanted, recorder, async (lab) => {
        await benchRunner(await RedisRig.make(lab, inPodman), recorder);
      }),
  },
  many: {
    ...{about: 'F1-F3: several containers, on one link and on two', minutes: 4, pairs: 5},
    run: (wanted, recorder) =>
      open({...wanted, hosts: ['alpha', 'beta', 'gamma', 'delta']}, recorder, async (lab) => {
        const {pairs = 5, megabytes: [megabytes = 16] = []} = wanted;
        await benchMany(lab, oneWay, {count: 4, megabytes, pairs}, recorder);
        await benchMany(lab, disjoint, {count: 4, megabytes, pairs: Math.min(3, pairs)}, recorder);
      }),
  },
  watch: {
    ...{about: 'G1-G3: latency, bursts and idle cost of cm watch', minutes: 2, pairs: 20},
    run: (wanted, recorder) =>
      open(wanted, recorder, (lab) => benchWatch(lab, wanted.pairs ?? 20, 60, recorder)),
  },
  'pre-copy': {
    ...{about: 'B1-B5: on virtual machines, emulated', minutes: 10, pairs: 3},
    run: ({program, lab: name, pairs = 3, megabytes}, recorder) =>
      inLab({name, program, images: ['dirty'], vm: {}}, async (lab) => {
        recorder.say('versions', await lab.versions());
        await benchPreCopy(lab, megabytes?.[0] ?? 80, pairs, recorder);
      }),
  },
};
