import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import type {ContainerReport} from '../../src/state/runner/run-report.js';
import {must} from './bench-lab.js';
import {predictions} from './predictions.js';
import {Listener} from './listener.js';
import type {Recorder} from './recorder.js';
import type {Mover, RedisRig} from './redis-rig.js';
import type {Comparison, Figure} from './result.js';

interface Moved {
  readonly gapMs: number;
  /** The longest time in which nobody at all heard of redis. */
  readonly awayMs: number;
  /** The client's connection was reset, or a reply was not what it should have been. */
  readonly lost: boolean;
}

/** Moves it once under a client's eyes: the longest it went without a reply. */
export async function move(rig: RedisRig, mover: Mover): Promise<Moved> {
  await rig.lab.settle();
  const client = must(await CountingClient.start(rig.redisAt));
  const listener = must(await Listener.start(rig.redisAt));
  await sleep(500);
  const [file, ...args] = mover.argv(rig.at, rig.other);
  const {env} = rig.lab;
  const ran = await execa(file, args, {env, reject: false, timeout: 180_000, all: true});
  await sleep(1000);
  const counted = await client.stop(30_000);
  const silenceMs = await listener.stop();
  if (ran.exitCode !== 0) throw new Error(`${mover.name} failed: ${ran.all}`);
  await rig.arrived();
  const {asked, replies, wrong, failure, longestGapMs: gapMs} = counted;
  const lost = silenceMs === undefined || failure !== undefined || wrong > 0 || replies < asked;
  const awayMs = Math.min(gapMs, silenceMs ?? gapMs);
  const how = lost
    ? `a client was lost: ${failure ?? 'replies are missing'}`
    : `${Math.round(gapMs)} ms, away for ${Math.round(awayMs)} ms`;
  console.error(
    `  ${mover.name} to ${rig.at}: ${how} (all of it ${Math.round(ran.durationMs)} ms)`,
  );
  return {gapMs, awayMs, lost};
}

interface Side {
  readonly gapsMs: number[];
  readonly awayMs: number[];
  lost: number;
  /** It loses the client every time. */
  givenUp?: true;
}

/**
 * Only a move that the client lived through has a downtime. A script that lost the client is counted and moves again, and
 * is left out when it loses it time and again; when `cm` does, that is the end of the bench.
 */
async function moveWhole(rig: RedisRig, mover: Mover, side: Side): Promise<void> {
  for (;;) {
    const {gapMs, awayMs, lost} = await move(rig, mover);
    if (!lost) {
      side.gapsMs.push(gapMs);
      side.awayMs.push(awayMs);
      return;
    }
    side.lost += 1;
    if (mover === rig.cm) throw new Error(`${mover.name} lost the client`);
    if (side.lost > 5) {
      side.givenUp = true;
      return;
    }
  }
}

type Sides = ReadonlyMap<string, Side>;

/** All movers once in each round, and another one first in each, so that none has the better place. */
async function round(rig: RedisRig, movers: readonly Mover[], nth: number, sides: Sides) {
  const first = nth % movers.length;
  for (const mover of [...movers.slice(first), ...movers.slice(0, first)]) {
    const side = sides.get(mover.name);
    if (side !== undefined && !side.givenUp) await moveWhole(rig, mover, side);
  }
}

export interface DowntimeCase {
  /** Of the comparison with each script, as performance.md has them. */
  readonly ids: Readonly<Record<string, string>>;
  readonly goals: Readonly<Record<string, {readonly goal: number; readonly aim?: number}>>;
  readonly megabytes: number;
  readonly pairs: number;
  readonly withCm: boolean;
  /** Of a link that was made slower. */
  readonly link?: string;
}

/** Downtime as a client sees it, with so many MB of data that compress to a half. */
export async function benchDowntime(
  rig: RedisRig,
  recorder: Recorder,
  each: DowntimeCase,
): Promise<void> {
  const {megabytes, pairs, withCm} = each;
  const scripts = rig.kind.scripts.map((script) => rig.byScript(script));
  const movers = withCm ? [rig.cm, ...scripts] : scripts;
  console.error(`downtime, ${rig.kind.engine}, ${megabytes} MB, ${pairs} pairs`);
  const values = megabytes * 10;
  const {redis, digest} = await rig.fill(values);
  const sides = new Map(
    movers.map(({name}): [string, Side] => [name, {gapsMs: [], awayMs: [], lost: 0}]),
  );
  const before = withCm ? (await rig.lab.moves()).length : 0;
  for (let nth = 0; nth < pairs; nth++) {
    await round(rig, movers, nth, sides);
    recorder.put(tell(rig, each, sides));
  }
  if (withCm)
    recorder.put({
      comparisons: [],
      figures: foretold(rig, each, (await rig.lab.moves()).slice(before)),
    });
  must(await checkFill(redis, digest, values));
  redis.close();
}

/** Of moves whose way had been measured before. */
function foretold(
  rig: RedisRig,
  {ids, megabytes, link}: DowntimeCase,
  moves: readonly ContainerReport[],
) {
  const [id = ''] = rig.kind.scripts.map((script) => ids[script] ?? script);
  const off = moves.flatMap(({predicted, downtimeMs}) =>
    predicted === undefined || downtimeMs === undefined || predicted.how.startsWith('assumed')
      ? []
      : [{expected: predicted.downtimeMs, downtimeMs}],
  );
  const where = [rig.kind.engine, `${megabytes} MB`, ...(link === undefined ? [] : [link])].join(
    ', ',
  );
  return predictions(
    `${id}/predicted`,
    `${where}: predicted before anything began, off what was measured (median)`,
    off,
  );
}

function tell(rig: RedisRig, {ids, goals, megabytes, withCm, link}: DowntimeCase, sides: Sides) {
  const where = [rig.kind.engine, `${megabytes} MB`, ...(link === undefined ? [] : [link])].join(
    ', ',
  );
  const versus = (ours: string, theirs: string, id: string): readonly Comparison[] => {
    const [our, their] = [sides.get(ours), sides.get(theirs)];
    const whole = Math.min(our?.gapsMs.length ?? 0, their?.gapsMs.length ?? 0);
    if (our === undefined || their === undefined || whole === 0) return [];
    return [
      {
        ...{id, what: `${where}: no reply for a client`, ours, theirs},
        ...{oursMs: our.gapsMs.slice(0, whole), theirsMs: their.gapsMs.slice(0, whole)},
        ...(ours === 'cm' && goals[theirs]),
      },
      {
        ...{id: `${id}/away`, what: `${where}: service away`, ours, theirs},
        ...{oursMs: our.awayMs.slice(0, whole), theirsMs: their.awayMs.slice(0, whole)},
      },
    ];
  };
  const [simple = '', ...better] = rig.kind.scripts;
  const id = (script: string): string => ids[script] ?? script;
  return {
    comparisons: [
      ...(withCm ? rig.kind.scripts.flatMap((script) => versus('cm', script, id(script))) : []),
      ...better.flatMap((script) => versus(script, simple, `${script}/${id(simple)}`)),
    ],
    figures: [lostBy(`${id(simple)}/lost`, where, sides)],
  };
}

const ofAll = ({gapsMs, lost}: Side): string => `of ${gapsMs.length + lost}`;

/** Of cm, or of the first script where cm is left out. */
function lostBy(id: string, where: string, sides: Sides): Figure {
  const nobody: [string, Side] = ['nobody', {gapsMs: [], awayMs: [], lost: 0}];
  const [[name, side], ...others] = [[...sides][0] ?? nobody, ...[...sides].slice(1)];
  const more = others.map(([other, each]) => `${other} ${each.lost} ${ofAll(each)}`).join(', ');
  return {
    ...{id, what: `${where}: moves by ${name} that lost the client's connection`},
    ...{value: side.lost, unit: ofAll(side), goal: 0},
    note: `${more}; those were done again and are in no ratio`,
  };
}
