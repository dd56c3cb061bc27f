import {describe, expect, it} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import {err, ok} from '../../src/base/result.js';
import type {Lane, StepGraph} from '../../src/planner/steps/step.js';
import type {Event} from '../../src/run/events.js';
import type {Performed} from '../../src/run/execute/performance.js';
import {schedule} from '../../src/run/execute/schedule.js';
import {FakeClock, breathe} from '../rig/clock.js';
import {act, chained, forward, graph, lane, step, word} from '../rig/graph.js';

const problem = (rest: Partial<Problem> = {}): Problem => ({
  kind: 'step',
  code: 'broken',
  message: 'it broke',
  ...rest,
});

/** Runs a graph of acts that take 10 ms each, and fail when named so. */
function play(
  graphs: StepGraph,
  failing: Readonly<Record<string, Problem | 'hang' | 'throw'>> = {},
) {
  const clock = new FakeClock();
  const log: string[] = [];
  const events: Event[] = [];
  const stop = new AbortController();
  const leave = new AbortController();
  const running = new Set<string>();
  let most = 0;
  const perform = async (
    each: Parameters<typeof word>[0],
    cue: {signal?: AbortSignal},
  ): Promise<Performed> => {
    const name = word(each);
    log.push(name);
    running.add(name);
    most = Math.max(most, running.size);
    const how = failing[name];
    if (how === 'hang')
      await new Promise((resolve) => cue.signal?.addEventListener('abort', resolve));
    else await clock.sleep(name.endsWith('slow') ? 30 : 10, cue.signal);
    running.delete(name);
    if (how === 'throw') throw new Error('oops');
    if (how === 'hang') return err(problem({code: 'interrupted'}));
    return how ? err(how) : ok({fact: name});
  };
  const ended = schedule(
    graphs,
    {perform, clock, say: (event) => events.push(event)},
    {stop: stop.signal, leave: leave.signal},
  );
  return {ended, clock, log, events, stop, leave, most: () => most};
}

async function end(played: ReturnType<typeof play>) {
  await played.clock.pass(1_000_000);
  const {lanes, exit, inFlight} = await played.ended;
  return {
    exit,
    inFlight,
    outcomes: lanes.map(({lane: {container}, outcome}) => `${container} ${outcome}`),
    lanes,
  };
}

describe('a lane that goes well', () => {
  it('does its steps in order, the cleaning last, and measures the downtime', async () => {
    const played = play(graph([lane('a')]));
    const {exit, outcomes, lanes} = await end(played);
    expect({exit, outcomes}).toEqual({exit: 0, outcomes: ['a moved']});
    expect(played.log).toEqual([
      'a/prepare',
      'a/freeze',
      'a/restore',
      'a/commit',
      'a/retire',
      'a/clean',
    ]);
    expect(lanes[0]).toMatchObject({downtimeMs: 20, where: ['beta']});
    expect(played.events.map(({type}) => type).slice(0, 3)).toEqual([
      'lane-started',
      'step-started',
      'step-settled',
    ]);
    expect(played.events.at(-1)).toMatchObject({
      type: 'lane-settled',
      outcome: 'moved',
      downtimeMs: 20,
    });
  });

  it('runs side by side what does not need each other', async () => {
    const steps = [
      step('a', 'x'),
      step('a', 'y'),
      step('a', 'z', {needs: ['a/x', 'a/y']}),
      step('a', 'commit', {needs: ['a/z'], commits: true}),
    ];
    const played = play(graph([lane('a', {steps})]));
    expect(await end(played)).toMatchObject({exit: 0, outcomes: ['a moved']});
    expect(played.log).toEqual(['a/x', 'a/y', 'a/z', 'a/commit']);
    expect(played.most()).toBe(2);
  });
});

describe('a failure before the commit point', () => {
  it('is undone newest first, its own step included, and cleaned up', async () => {
    const played = play(graph([lane('a')]), {'a/restore': problem()});
    expect(await end(played)).toMatchObject({exit: 1, outcomes: ['a back']});
    expect(played.log).toEqual([
      'a/prepare',
      'a/freeze',
      'a/restore',
      '-a/restore',
      '-a/freeze',
      '-a/prepare',
      'a/clean',
    ]);
    const skipped = played.events.filter(
      (event) => event.type === 'step-settled' && event.outcome === 'skipped',
    );
    expect(skipped.map((event) => 'step' in event && event.step)).toEqual(['a/commit', 'a/retire']);
    expect(played.events.at(-1)).toMatchObject({outcome: 'back', where: ['alpha'], downtimeMs: 40});
  });

  it('waits for what else runs before it undoes', async () => {
    const steps = [
      step('a', 'slow', {act: act('a/slow')}),
      step('a', 'bad'),
      step('a', 'late', {needs: ['a/slow']}),
    ];
    const played = play(graph([lane('a', {steps})]), {'a/bad': problem()});
    await end(played);
    expect(played.log).toEqual(['a/slow', 'a/bad', '-a/bad', '-a/slow']);
  });

  it('stops undoing at a fence that cannot be undone, and keeps what a person may need', async () => {
    const played = play(graph([lane('a')]), {'a/restore': problem(), '-a/restore': problem()});
    expect(await end(played)).toMatchObject({exit: 3, outcomes: ['a look']});
    expect(played.log).toEqual(['a/prepare', 'a/freeze', 'a/restore', '-a/restore']);
    expect(played.events.at(-1)).toMatchObject({outcome: 'look', where: ['alpha', 'beta']});
  });

  it('that a person must look at begins no other move between the same hosts', async () => {
    const lanes = [lane('a'), lane('b'), lane('c', {after: ['b']}), lane('d', {to: 'gamma'})];
    const played = play(graph(lanes, {parallel: 1, perHost: 1}), {
      'a/restore': problem(),
      '-a/restore': problem(),
    });
    expect(await end(played)).toMatchObject({
      exit: 3,
      outcomes: ['a look', 'b untouched', 'c untouched', 'd moved'],
    });
    const said = played.events.flatMap((event) =>
      event.type === 'lane-settled' && event.container === 'b' ? event.problem?.code : [],
    );
    expect(said).toEqual(['held-back']);
  });

  it('goes on undoing past another that cannot; a person must look when it was in the downtime', async () => {
    const failing = {'a/restore': problem()};
    const mild = play(graph([lane('a')]), {...failing, '-a/prepare': problem()});
    expect(await end(mild)).toMatchObject({exit: 1, outcomes: ['a back']});
    expect(mild.events.some(({type}) => type === 'warning')).toBe(true);
    const grave = play(graph([lane('a')]), {...failing, '-a/freeze': problem()});
    expect(await end(grave)).toMatchObject({exit: 3, outcomes: ['a look']});
    expect(grave.log).toContain('-a/prepare');
  });

  it('of a run that has lost its lease says nothing of where the container is', async () => {
    const gone = problem({kind: 'locked', code: 'lease-lost'});
    const early = play(graph([lane('a')]), {'a/prepare': gone});
    expect(await end(early)).toMatchObject({exit: 3, outcomes: ['a look']});
    const late = play(graph([lane('a')]), {'a/freeze': problem(), '-a/prepare': gone});
    expect(await end(late)).toMatchObject({exit: 3, outcomes: ['a look']});
    expect(late.events.at(-1)).toMatchObject({where: ['alpha', 'beta']});
  });

  it('that was thrown is a failure like any other', async () => {
    const played = play(graph([lane('a')]), {'a/restore': 'throw'});
    const {outcomes, lanes} = await end(played);
    expect(outcomes).toEqual(['a back']);
    expect(lanes[0]?.problem).toMatchObject({code: 'bug', message: 'a mistake in cm: oops'});
  });

  it('runs what the plan wants after a failure and after an undo', async () => {
    const rescue = (name: string, when: 'failed' | 'undone') =>
      forward(step('a', name, {when, act: act(name)}));
    const lanes = [
      lane('a', {
        onFailure: [rescue('failed', 'failed')],
        onRollback: [rescue('rolled', 'undone')],
      }),
    ];
    const played = play(graph(lanes), {'a/freeze': problem()});
    await end(played);
    expect(played.log.slice(-3)).toEqual(['failed', 'rolled', 'a/clean']);
    for (const id of ['a/failed', 'a/rolled'])
      expect(
        played.events.flatMap((each) => ('step' in each && each.step === id ? [each.type] : [])),
      ).toEqual(['step-started', 'step-settled']);
  });
});

it('takes failures from the commit point on as warnings', async () => {
  const played = play(graph([lane('a')]), {'a/retire': problem(), 'a/clean': problem()});
  expect(await end(played)).toMatchObject({exit: 0, outcomes: ['a moved']});
  expect(played.events.filter(({type}) => type === 'warning')).toHaveLength(2);
});

describe('exit codes', () => {
  const claims = (kind: Problem['kind']) =>
    play(
      graph([
        lane('a', {
          steps: chained([
            forward(step('a', 'lease', {act: {kind: 'lease', host: 'alpha', name: 'a'}})),
            ...lane('a').steps,
          ]),
        }),
      ]),
      {lease: problem({kind})},
    );

  it.each([
    ['locked', 11],
    ['unreachable', 12],
    ['preflight', 14],
    ['step', 1],
  ] as const)('%s before anything was touched is %i', async (kind, exit) => {
    const played = claims(kind);
    expect(await end(played)).toMatchObject({exit, outcomes: ['a untouched']});
    expect(played.log).toEqual(['lease']);
  });

  it('of a host lost half-way is 1 when everything is back', async () => {
    const played = play(graph([lane('a')]), {'a/freeze': problem({kind: 'unreachable'})});
    expect(await end(played)).toMatchObject({exit: 1});
  });

  it('of an interrupted move that cannot be undone is 3, and 0 when it can', async () => {
    const steps = ['resume', 'see'].map((name) => forward(step('a', name)));
    const good = play(graph([lane('a', {kind: 'undo', steps})]));
    expect(await end(good)).toMatchObject({exit: 0, outcomes: ['a back']});
    const bad = play(graph([lane('a', {kind: 'undo', steps})]), {'a/resume': problem()});
    expect(await end(bad)).toMatchObject({exit: 3, outcomes: ['a look']});
  });
});

describe('many lanes', () => {
  it('begin when those they come after are moved', async () => {
    const played = play(
      graph([lane('b', {after: ['a']}), lane('a'), lane('c', {after: ['b', 'x']})]),
    );
    expect(await end(played)).toMatchObject({exit: 0, outcomes: ['b moved', 'a moved', 'c moved']});
    expect(played.log.indexOf('b/prepare')).toBeGreaterThan(played.log.indexOf('a/clean'));
    expect(played.log.indexOf('c/prepare')).toBeGreaterThan(played.log.indexOf('b/clean'));
  });

  it('are not begun when one that they come after was not moved; others are', async () => {
    const lanes = [lane('a'), lane('b', {after: ['a']}), lane('c', {after: ['b']}), lane('d')];
    const {outcomes, lanes: results, exit} = await end(play(graph(lanes), {'a/freeze': problem()}));
    expect(outcomes).toEqual(['a back', 'b untouched', 'c untouched', 'd moved']);
    expect(results[2]?.problem?.message).toBe(
      '"c" was not begun, since "b", which it depends on, was not moved',
    );
    expect(exit).toBe(1);
  });

  it('end even when they wait for each other', async () => {
    const lanes = [lane('a', {after: ['b']}), lane('b', {after: ['a']})];
    expect((await end(play(graph(lanes)))).outcomes).toEqual(['a untouched', 'b untouched']);
  });

  it('keep to the limits', async () => {
    const lanes = Array.from({length: 9}, (_, n) =>
      lane(`l${String(n)}`, {from: `h${String(n % 3)}`, to: 'x'}),
    );
    const wide = play(graph(lanes, {parallel: 3, perHost: 9}));
    await end(wide);
    expect(wide.most()).toBe(3);
    const narrow = play(graph(lanes, {parallel: 9, perHost: 1}));
    expect((await end(narrow)).exit).toBe(0);
    expect(narrow.most()).toBe(1);
  });
});

describe('an interrupt', () => {
  const three = () =>
    graph([lane('a'), lane('b', {from: 'gamma', to: 'delta'}), lane('c')], {
      parallel: 2,
      perHost: 2,
    });

  it('undoes what has not stopped serving, finishes what has, and begins nothing', async () => {
    const b = lane('b', {steps: lane('b').steps.filter(({id}) => id !== 'b/prepare')});
    const played = play(graph([lane('a'), b, lane('c')], {parallel: 2, perHost: 2}), {});
    await played.clock.pass(5);
    played.stop.abort();
    const {outcomes, exit} = await end(played);
    expect(outcomes).toEqual(['a back', 'b moved', 'c untouched']);
    expect(exit).toBe(130);
    expect(played.log).not.toContain('a/freeze');
    expect(played.events.filter(({type}) => type === 'interrupted')).toHaveLength(1);
  });

  it('gives up what hangs before the downtime', async () => {
    const played = play(graph([lane('a')]), {'a/prepare': 'hang'});
    await played.clock.pass(5);
    played.stop.abort();
    expect(await end(played)).toMatchObject({exit: 130, outcomes: ['a back']});
  });

  it('is no failure when everything was moved all the same', async () => {
    const played = play(graph([lane('a')]));
    await played.clock.pass(15);
    played.stop.abort();
    expect(await end(played)).toMatchObject({exit: 0, outcomes: ['a moved']});
  });

  it('goes back from a downtime that does not end', async () => {
    const played = play(graph([lane('a')]), {'a/restore': 'hang'});
    await played.clock.pass(25);
    played.stop.abort();
    await played.clock.pass(59_000);
    expect(played.log).not.toContain('-a/freeze');
    await played.clock.pass(2000);
    expect(played.log).toContain('-a/freeze');
    expect(await end(played)).toMatchObject({exit: 130, outcomes: ['a back']});
    expect(played.clock.sleeping).toBe(0);
  });

  it('before the first step leaves everything untouched', async () => {
    const played = play(three());
    played.stop.abort();
    await breathe();
    expect((await end(played)).exit).toBe(130);
  });

  it('twice leaves at once and tells what is half done', async () => {
    const played = play(three(), {'a/freeze': 'hang'});
    await played.clock.pass(15);
    played.stop.abort();
    await breathe();
    played.leave.abort();
    const {exit, inFlight, lanes} = await played.ended;
    expect(exit).toBe(3);
    expect(inFlight).toEqual(['a/freeze', 'b/freeze']);
    expect(lanes.map(({outcome}) => outcome)).toEqual(['look', 'look', 'untouched']);
    const said = played.events.length;
    await played.clock.pass(1000);
    expect(played.events).toHaveLength(said);
    expect(played.log).not.toContain('b/restore');
  });
});

it('takes ten thousand steps', async () => {
  const steps = chained(Array.from({length: 10_000}, (_, n) => step('a', String(n))));
  const events: Event[] = [];
  const done = await schedule(graph([lane('a', {steps})]), {
    perform: async () => Promise.resolve(ok({})),
    clock: new FakeClock(),
    say: (event) => events.push(event),
  });
  expect(done.exit).toBe(0);
  expect(events).toHaveLength(20_002);
});

describe('steps that want their hosts to themselves', () => {
  /** Nobody serves between `freeze` and `restore`. */
  const moving = (name: string, rest: Partial<Lane> = {}): Lane =>
    lane(name, {
      steps: chained([
        step(name, 'prepare'),
        step(name, 'freeze', {downtime: true, alone: true}),
        step(name, 'restore', {downtime: true, alone: true, fence: true}),
        step(name, 'commit', {commits: true}),
      ]),
      ...rest,
    });

  it('come one lane after the other, and everything else beside them', async () => {
    const played = play(
      graph([moving('a'), moving('b'), moving('c', {from: 'gamma', to: 'delta'})]),
    );
    const {exit, lanes} = await end(played);
    expect(exit).toBe(0);
    expect(lanes.map(({downtimeMs}) => downtimeMs)).toEqual([20, 20, 20]);
    const mine = (name: string) => played.log.indexOf(name);
    expect(mine('b/prepare')).toBeLessThan(mine('a/freeze'));
    expect(mine('b/freeze')).toBeGreaterThan(mine('a/restore'));
    expect(mine('c/freeze')).toBeLessThan(mine('a/restore'));
    expect(played.events.filter(({type}) => type === 'lane-waits')).toMatchObject([
      {container: 'b', behind: 'a'},
    ]);
  });

  it('one that fails gives its turn back when it is undone, and not before', async () => {
    const played = play(graph([moving('a'), moving('b')]), {'a/restore': problem()});
    expect(await end(played)).toMatchObject({outcomes: ['a back', 'b moved']});
    expect(played.log.indexOf('b/freeze')).toBeGreaterThan(played.log.indexOf('-a/prepare'));
  });

  it('one that is interrupted while it waits goes back, and has not stopped serving', async () => {
    const played = play(graph([moving('a'), moving('b')]));
    await played.clock.pass(15);
    played.stop.abort();
    const {outcomes, lanes} = await end(played);
    expect(outcomes).toEqual(['a moved', 'b back']);
    expect(lanes[1]?.downtimeMs).toBeUndefined();
    expect(played.log).not.toContain('b/freeze');
    const freezes = played.events.filter((each) => 'step' in each && each.step === 'b/freeze');
    expect(freezes).toMatchObject([{type: 'step-settled', outcome: 'skipped'}]);
  });
});
