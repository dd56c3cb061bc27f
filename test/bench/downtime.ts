import {setTimeout as sleep} from 'node:timers/promises';
import {execa} from 'execa';
import {checkFill} from '../../src/lab/demo-redis.js';
import {CountingClient} from '../../src/lab/redis-client.js';
import {type LabRig, type Mover, must} from './lab-rig.js';
import type {Comparison} from './result.js';

const goals = {naive: 0.6, expert: 1.25};

/** Moves it once under a client's eyes: the longest it went without a reply, in ms. */
async function move(rig: LabRig, mover: Mover): Promise<number> {
  await rig.settle();
  const client = must(await CountingClient.start(rig.redisAt));
  await sleep(500);
  const [file, ...args] = mover.argv(rig.at, rig.other);
  const ran = await execa(file, args, {env: rig.env, reject: false, timeout: 300_000, all: true});
  await sleep(1000);
  const counted = await client.stop(60_000);
  if (ran.exitCode !== 0) throw new Error(`${mover.name} failed: ${ran.all}`);
  const {asked, replies, wrong, failure, longestGapMs} = counted;
  if (failure !== undefined || wrong > 0 || replies < asked) {
    throw new Error(`the client of ${mover.name} lost something: ${JSON.stringify(counted)}`);
  }
  await rig.arrived();
  console.error(
    `  ${mover.name} to ${rig.at}: ${Math.round(longestGapMs)} ms (all of it ${Math.round(ran.durationMs)} ms)`,
  );
  return longestGapMs;
}

/** All movers once in each round, and another one first in each, so that none has the better place. */
async function rounds(
  rig: LabRig,
  movers: readonly Mover[],
  count: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const took = new Map(movers.map(({name}) => [name, [] as number[]]));
  for (let round = 0; round < count; round++) {
    const first = round % movers.length;
    for (const mover of [...movers.slice(first), ...movers.slice(0, first)]) {
      took.get(mover.name)?.push(await move(rig, mover));
    }
  }
  return took;
}

/** Downtime as a client sees it, with so many MB of data that compress to a half. */
export async function benchDowntime(
  rig: LabRig,
  megabytes: number,
  pairs: number,
  withCm: boolean,
): Promise<readonly Comparison[]> {
  console.error(`downtime, ${megabytes} MB, ${pairs} pairs`);
  const values = megabytes * 10;
  const {redis, digest} = await rig.fill(values);
  const scripts = [rig.byScript('naive'), rig.byScript('expert')];
  const took = await rounds(rig, withCm ? [rig.cm, ...scripts] : scripts, pairs);
  must(await checkFill(redis, digest, values));
  redis.close();
  const compare = (ours: string, theirs: 'naive' | 'expert'): Comparison => ({
    id: `${ours}/${theirs}/${megabytes}MB`,
    what: `downtime of a move, ${megabytes} MB`,
    ...{ours, theirs},
    oursMs: took.get(ours) ?? [],
    theirsMs: took.get(theirs) ?? [],
    ...(ours === 'cm' && {goal: goals[theirs]}),
  });
  return withCm
    ? [compare('cm', 'naive'), compare('cm', 'expert'), compare('expert', 'naive')]
    : [compare('expert', 'naive')];
}
