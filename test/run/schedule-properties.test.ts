import fc from 'fast-check';
import {expect, it} from 'vitest';
import {err, ok} from '../../src/base/result.js';
import type {Lane, Step, StepGraph} from '../../src/planner/steps/step.js';
import type {Event} from '../../src/run/events.js';
import type {Performed} from '../../src/run/execute/performance.js';
import {schedule, type Scheduled} from '../../src/run/execute/schedule.js';
import {FakeClock} from '../rig/clock.js';
import {forward, graph, lane, step, word} from '../rig/graph.js';

interface Seed {
  /** For each step before the commit: on which of the earlier ones it depends, as bits. */
  readonly needs: readonly number[];
  readonly downFrom: number;
  readonly after: number;
  readonly hosts: readonly [number, number];
}

const seeds = fc.array(
  fc.record({
    needs: fc.array(fc.nat(63), {minLength: 1, maxLength: 6}),
    downFrom: fc.nat(6),
    after: fc.nat(31),
    hosts: fc.tuple(fc.nat(3), fc.nat(3)),
  }),
  {minLength: 1, maxLength: 6},
);

const chosen = <Item>(items: readonly Item[], bits: number): readonly Item[] =>
  items.filter((_, index) => (bits >> index) & 1);

function laneOf({needs, downFrom, after, hosts}: Seed, index: number): Lane {
  const name = `l${String(index)}`;
  const before: Step[] = [];
  for (const [at, bits] of needs.entries()) {
    const ids = chosen(
      before.map(({id}) => id),
      bits,
    );
    before.push(
      step(name, `s${String(at)}`, {
        needs: ids,
        ...(at >= downFrom && {downtime: true}),
        ...(at === needs.length - 1 && {fence: true}),
      }),
    );
  }
  return lane(name, {
    from: `h${String(hosts[0])}`,
    to: `h${String(hosts[1])}`,
    after: chosen(
      Array.from({length: index}, (_, each) => `l${String(each)}`),
      after,
    ),
    steps: [
      ...before,
      step(name, 'commit', {needs: before.map(({id}) => id), commits: true}),
      forward(step(name, 'settle', {needs: [`${name}/commit`]})),
      step(name, 'retire', {needs: [`${name}/settle`], tolerant: true}),
      step(name, 'clean', {needs: [`${name}/retire`], always: true}),
    ],
  });
}

interface Played {
  readonly graph: StepGraph;
  readonly done: Scheduled;
  readonly events: readonly Event[];
  /** Beginning and end of every act, in order. */
  readonly log: readonly {readonly act: string; readonly end: boolean; readonly good: boolean}[];
  readonly most: number;
}

/** The act with the number `n` fails when `failing(n)`; each takes as long as its number says. */
async function play(
  made: StepGraph,
  failing: (n: number) => boolean,
  stopAt?: number,
): Promise<Played> {
  const clock = new FakeClock();
  const events: Event[] = [];
  const log: {act: string; end: boolean; good: boolean}[] = [];
  const stop = new AbortController();
  let count = 0;
  let most = 0;
  const perform = async (each: Parameters<typeof word>[0]): Promise<Performed> => {
    count += 1;
    const n = count;
    if (n === stopAt) stop.abort();
    const act = word(each);
    const good = !failing(n);
    log.push({act, end: false, good});
    most = Math.max(
      most,
      new Set(running(log).map((name) => name.replace('-', '').split('/')[0])).size,
    );
    await clock.sleep(1 + (n % 7));
    log.push({act, end: true, good});
    return good ? ok({}) : err({kind: 'step', code: 'broken', message: 'it broke'});
  };
  const ended = schedule(
    made,
    {perform, clock, say: (event) => events.push(event)},
    {stop: stop.signal},
  );
  await clock.pass(100_000);
  return {graph: made, done: await ended, events, log, most};
}

function running(log: Played['log']): readonly string[] {
  const open = new Set<string>();
  for (const {act, end} of log)
    if (end) open.delete(act);
    else open.add(act);
  return [...open];
}

const starts = ({log}: Played): readonly string[] =>
  log.filter(({end}) => !end).map(({act}) => act);

/** Where in the log an act ended well. */
const endOf = ({log}: Played, act: string): number =>
  log.findIndex((entry) => entry.act === act && entry.end && entry.good);

function holdsInEveryRun(played: Played): void {
  const {done, log} = played;
  const acts = starts(played);
  expect(new Set(acts).size, 'nothing is done twice').toBe(acts.length);
  expect(running(log), 'nothing is left running').toEqual([]);
  expect(done.lanes.length, 'every lane ends').toBe(played.graph.lanes.length);
  expect(played.most).toBeLessThanOrEqual(played.graph.limits.parallel);
  for (const {lane: each, outcome} of done.lanes) holdsInLane(played, each, outcome);
}

/** The steps of one lane that were begun, undoing included. */
const ofLane = (played: Played, name: string): readonly string[] =>
  starts(played).filter((act) => act.replace('-', '').startsWith(`${name}/`));

function holdsInLane(played: Played, each: Lane, outcome: string): void {
  const acts = ofLane(played, each.container);
  const committed = endOf(played, `${each.container}/commit`) >= 0;
  expect(outcome === 'moved', 'moved is what is committed').toBe(committed);
  if (acts.length === 0) {
    expect(outcome).toBe('untouched');
    return;
  }
  keepsOrder(played, each);
  comesAfter(played, each);
  if (committed) expect(acts.filter((act) => act.startsWith('-'))).toEqual([]);
  else undoesInReverse(acts, outcome);
  if (outcome !== 'look') expect(acts.at(-1)).toBe(`${each.container}/clean`);
}

function keepsOrder(played: Played, each: Lane): void {
  for (const {id, needs, tolerant, always} of each.steps) {
    const start = played.log.findIndex(({act, end}) => act === id && !end);
    if (start < 0 || (tolerant ?? always)) continue;
    for (const need of needs) {
      const ended = endOf(played, need);
      expect(ended >= 0 && ended < start, `${id} begins after ${need}`).toBe(true);
    }
  }
}

function undoesInReverse(acts: readonly string[], outcome: string): void {
  const undone = acts.filter((act) => act.startsWith('-')).map((act) => act.slice(1));
  const back = acts.filter((act) => !/^-|commit|settle|retire|clean/.test(act)).reverse();
  expect(undone, 'in reverse').toEqual(back.slice(0, undone.length));
  if (outcome === 'back') expect(undone, 'all of it').toEqual(back);
}

function comesAfter({log, done}: Played, each: Lane): void {
  const begin = log.findIndex(({act}) => act.startsWith(`${each.container}/`));
  for (const name of each.after) {
    const end = log.findLastIndex(({act}) => act.replace('-', '').startsWith(`${name}/`));
    expect(end, `${each.container} comes after ${name}`).toBeLessThan(begin);
    expect(done.lanes.find(({lane: {container}}) => container === name)?.outcome).toBe('moved');
  }
}

/** What did not serve when the interrupt came is not kept from serving any longer than it must. */
function goesOnInTheDowntime({events, done}: Played): void {
  const interrupt = events.findIndex(({type}) => type === 'interrupted');
  if (interrupt < 0) return;
  for (const {lane: each, outcome} of done.lanes) {
    const down = new Set(each.steps.flatMap(({id, downtime}) => (downtime ? [id] : [])));
    const frozen = events.findIndex(
      (event) => event.type === 'step-started' && down.has(event.step),
    );
    if (frozen >= 0 && frozen < interrupt) expect(outcome).toBe('moved');
    else expect(frozen, 'no downtime begins after it').toBeLessThan(0);
  }
}

const limits = fc.record({
  parallel: fc.integer({min: 1, max: 4}),
  perHost: fc.integer({min: 1, max: 3}),
});

it('any graph in which nothing fails is done, each step after its needs', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, limits, async (lanes, most) => {
      const played = await play(graph(lanes.map(laneOf), most), () => false);
      holdsInEveryRun(played);
      expect(played.done.exit).toBe(0);
      const steps = played.graph.lanes.flatMap((each) => each.steps);
      expect(starts(played)).toHaveLength(steps.length);
    }),
    {numRuns: 60},
  );
});

it('any graph in which anything fails ends in known states, undone in reverse', async () => {
  await fc.assert(
    fc.asyncProperty(
      seeds,
      limits,
      fc.array(fc.nat(40), {maxLength: 6}),
      async (lanes, most, bad) => {
        const failing = new Set(bad);
        const played = await play(graph(lanes.map(laneOf), most), (n) => failing.has(n));
        holdsInEveryRun(played);
        const outcomes = new Set(played.done.lanes.map(({outcome}) => outcome));
        if (outcomes.has('look')) expect(played.done.exit).toBe(3);
        else if (outcomes.size === 1 && outcomes.has('moved')) expect(played.done.exit).toBe(0);
        else expect(played.done.exit).toBe(1);
      },
    ),
    {numRuns: 150},
  );
});

it('any graph can be interrupted at any act, and nothing is left in its downtime', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, limits, fc.integer({min: 1, max: 40}), async (lanes, most, at) => {
      const played = await play(graph(lanes.map(laneOf), most), () => false, at);
      holdsInEveryRun(played);
      expect([0, 130]).toContain(played.done.exit);
      expect(played.done.lanes.map(({outcome}) => outcome)).not.toContain('look');
      goesOnInTheDowntime(played);
    }),
    {numRuns: 150},
  );
});
