import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {checkFill} from '../../src/lab/demo-redis.js';
import {CountingClient} from '../../src/lab/redis-client.js';
import {Listener} from './listener.js';
import {type LabRig, type Mover, must} from './lab-rig.js';
import type {Comparison, Figure, Results} from './result.js';

const goals = {naive: 0.5, expert: 1.25};

interface Moved {
  readonly gapMs: number;
  /** The longest time in which nobody at all heard of redis. */
  readonly awayMs: number;
  /** The client's connection was reset, or a reply was not what it should have been. */
  readonly lost: boolean;
}

/** Moves it once under a client's eyes: the longest it went without a reply. */
async function move(rig: LabRig, mover: Mover): Promise<Moved> {
  await rig.settle();
  const client = must(await CountingClient.start(rig.redisAt));
  const listener = must(await Listener.start(rig.redisAt));
  await sleep(500);
  const [file, ...args] = mover.argv(rig.at, rig.other);
  const ran = await execa(file, args, {env: rig.env, reject: false, timeout: 300_000, all: true});
  await sleep(1000);
  const counted = await client.stop(60_000);
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
}

/**
 * Only a move that the client lived through has a downtime. A script that lost the client is counted and moves again;
 * when `cm` does, that is the end of the bench.
 */
async function moveWhole(rig: LabRig, mover: Mover, side: Side): Promise<void> {
  for (;;) {
    const {gapMs, awayMs, lost} = await move(rig, mover);
    if (!lost) {
      side.gapsMs.push(gapMs);
      side.awayMs.push(awayMs);
      return;
    }
    side.lost += 1;
    if (mover === rig.cm || side.lost > 10) throw new Error(`${mover.name} lost the client`);
  }
}

/** All movers once in each round, and another one first in each, so that none has the better place. */
async function rounds(
  rig: LabRig,
  movers: readonly Mover[],
  count: number,
): Promise<ReadonlyMap<string, Side>> {
  const sides = new Map(
    movers.map(({name}): [string, Side] => [name, {gapsMs: [], awayMs: [], lost: 0}]),
  );
  for (let round = 0; round < count; round++) {
    const first = round % movers.length;
    for (const mover of [...movers.slice(first), ...movers.slice(0, first)]) {
      const side = sides.get(mover.name);
      if (side !== undefined) await moveWhole(rig, mover, side);
    }
  }
  return sides;
}

/** Downtime as a client sees it, with so many MB of data that compress to a half. */
export async function benchDowntime(
  rig: LabRig,
  megabytes: number,
  pairs: number,
  withCm: boolean,
): Promise<Pick<Results, 'comparisons' | 'figures'>> {
  console.error(`downtime, ${megabytes} MB, ${pairs} pairs`);
  const values = megabytes * 10;
  const {redis, digest} = await rig.fill(values);
  const scripts = [rig.byScript('naive'), rig.byScript('expert')];
  const sides = await rounds(rig, withCm ? [rig.cm, ...scripts] : scripts, pairs);
  must(await checkFill(redis, digest, values));
  redis.close();
  const versus = (ours: string, theirs: 'naive' | 'expert'): readonly Comparison[] => {
    const [our, their] = [sides.get(ours), sides.get(theirs)];
    const id = `${ours}/${theirs}/${megabytes}MB`;
    return [
      {
        ...{id, what: 'no reply for a client', ours, theirs},
        ...{oursMs: our?.gapsMs ?? [], theirsMs: their?.gapsMs ?? []},
        ...(ours === 'cm' && {goal: goals[theirs]}),
      },
      {
        ...{id: `${id}/away`, what: 'service away', ours, theirs},
        ...{oursMs: our?.awayMs ?? [], theirsMs: their?.awayMs ?? []},
      },
    ];
  };
  const ours = withCm ? [...versus('cm', 'naive'), ...versus('cm', 'expert')] : [];
  return {
    comparisons: [...ours, ...versus('expert', 'naive')],
    figures: [...sides].map(([name, side]) => lostBy(name, megabytes, side)),
  };
}

const lostBy = (name: string, megabytes: number, {gapsMs, lost}: Side): Figure => ({
  id: `lost/${name}/${megabytes}MB`,
  what: `moves by ${name} that lost the client's connection`,
  value: lost,
  unit: `of ${gapsMs.length + lost}`,
  note: 'they were done again and are in no ratio',
});
