import type {Ahead} from '../../src/planner/strategy/converge.js';
import {beforeEach, describe, expect, it} from 'vitest';
import {command, type Command} from '../../src/base/command.js';
import type {Problem} from '../../src/base/problem.js';
import {err, ok} from '../../src/base/result.js';
import type {Link} from '../../src/hosts/link/link.js';
import type {Transport} from '../../src/hosts/transport.js';
import type {Event} from '../../src/run/events.js';
import {LeaseKeeper} from '../../src/run/lease-keeper.js';
import {perform} from '../../src/run/execute/perform.js';
import type {ActOf, Stage} from '../../src/run/execute/performance.js';
import {FakeClock} from '../rig/clock.js';

const MiB = 2 ** 20;

interface Told {
  readonly mib: number;
  readonly tookMs: number;
}

/** What each round does; the last one again and again. */
let script: Told[];
let fails: Problem | undefined;
let clock: FakeClock;
let sent: string[];
let ran: string[];
let events: Event[];
let stage: Stage;

const words = ({argv}: Command): string => argv.join(' ');

const transport = (host: string): Transport => ({
  host,
  run: async (each) => {
    ran.push(`${host}: ${words(each)}`);
    return Promise.resolve(ok({code: 0, stdout: '', stderr: '', durationMs: 1}));
  },
  start: async () => Promise.reject(new Error('nothing is started')),
  endpoint: async () => Promise.resolve(ok(undefined)),
  close: async () => Promise.resolve(),
});

const link: Link = {
  way: 'direct',
  send: async (producer, receiver) => {
    sent.push(`${words(producer)} > ${receiver}`);
    if (fails) return Promise.resolve(err(fails));
    const told = script[Math.min(sent.length, script.length) - 1] ?? {mib: 0, tookMs: 0};
    await clock.pass(told.tookMs);
    return Promise.resolve(
      ok({bytes: told.mib * MiB, durationMs: told.tookMs, notes: String(told.mib), answer: ''}),
    );
  },
  sync: async () => Promise.reject(new Error('nothing is synced')),
  compare: async () => Promise.reject(new Error('nothing is compared')),
  seal: async () => Promise.reject(new Error('nothing is sealed')),
  close: async () => Promise.resolve([]),
};

beforeEach(() => {
  clock = new FakeClock();
  [sent, ran, events, fails] = [[], [], [], undefined];
  const transportOf = async (host: string) => Promise.resolve(ok(transport(host)));
  const warn = () => undefined;
  stage = {
    transportOf,
    runner: transport('runner'),
    clock,
    leases: new LeaseKeeper({
      ...{transportOf, clock, warn, lockWaitMs: 0},
      who: {run: 'r1', owner: 'me', plan: 'p'},
    }),
    openLink: async () => Promise.resolve(ok(link)),
    links: new Map([['redis', {link, from: 'alpha'}]]),
    fingerprintOf: async () => Promise.resolve(ok('same')),
    figuresOf: () => undefined,
    say: (event) => events.push(event),
  };
});

const rates = {stream: 110e6, dump: 1e9, restore: 1e9, fixedMs: 300, source: 'a test'};

const ahead = (more: Partial<Ahead['course']> = {}, stuck: Ahead['stuck'] = 'abort'): Ahead => ({
  course: {
    memory: 1024 * MiB,
    rates,
    target: {ms: 2000, of: 'floor'},
    maxSent: 3072 * MiB,
    maxRounds: 8,
    ...more,
  },
  stuck,
});

const act = (more: Partial<ActOf<'rounds'>> = {}): ActOf<'rounds'> => ({
  kind: 'rounds',
  link: 'redis',
  receiver: 'round',
  from: 'alpha',
  to: 'beta',
  ahead: ahead(),
  rounds: {
    send: (n) => command('dump', String(n)),
    receive: command('take'),
    read: (notes) => {
      const bytes = Number(notes) * MiB;
      return ok({pages: bytes / 4096, skipped: 0, bytes, frozenMs: 1});
    },
    forget: command('forget'),
    throttle: (percent) => command('throttle', String(percent)),
  },
  ...more,
});

const play = async (each: ActOf<'rounds'>) =>
  perform(stage, each, {step: 'redis/rounds', lane: 'redis'});

const reports = () => events.flatMap((event) => (event.type === 'round' ? [event.report] : []));

describe('rounds', () => {
  it('go on until a freeze is short enough, each numbered and told with what it says', async () => {
    script = [
      {mib: 1024, tookMs: 10_000},
      {mib: 200, tookMs: 2000},
      {mib: 40, tookMs: 400},
    ];
    const done = await play(act({ahead: ahead({target: {ms: 1500, of: 'budget'}})}));
    expect(sent).toEqual(['dump 1 > round', 'dump 2 > round', 'dump 3 > round']);
    expect(done).toMatchObject(ok({bytes: 1264 * MiB}));
    expect(reports().map(({round, verdict}) => [round, verdict])).toEqual([
      [1, 'go-on'],
      [2, 'go-on'],
      [3, 'cutover'],
    ]);
    expect(reports()[0]).not.toHaveProperty('dirtyRate');
    expect(reports()[1]).toMatchObject({dirtyRate: 20 * MiB, sent: 200 * MiB, tookMs: 2000});
    expect(reports()[2]?.expectedMs).toBe(reports()[2]?.downtimeMs);
    expect(ran).toEqual([]);
  });

  it('that lead nowhere end as the plan says: abort', async () => {
    script = [{mib: 1024, tookMs: 10_000}];
    const done = await play(act());
    expect(done).toMatchObject({ok: false, error: {code: 'not-converging', container: 'redis'}});
    expect(sent).toHaveLength(2);
    expect(reports().at(-1)).toMatchObject({verdict: 'stuck'});
    expect(reports().at(-1)).not.toHaveProperty('expectedMs');
  });

  it('that lead nowhere end as the plan says: frozen all the same', async () => {
    script = [{mib: 1024, tookMs: 10_000}];
    const done = await play(act({ahead: ahead({}, 'cutover')}));
    expect(done).toMatchObject({
      ok: true,
      value: {fact: expect.stringMatching(/^frozen all the same: /u) as unknown},
    });
  });

  it('that lead nowhere end as the plan says: stateful, and nothing of them is left', async () => {
    script = [{mib: 1024, tookMs: 10_000}];
    const done = await play(act({ahead: ahead({}, 'stateful')}));
    expect(done.ok && done.value.fact).toMatch(
      /^stateful from here on: it changes memory at 100 %/u,
    );
    expect(ran).toEqual(['alpha: forget', 'beta: forget']);
    // Everything is to be sent once more, at the speed of the rounds, and restored.
    expect(reports().at(-1)?.expectedMs).toBe(300 + 1074 + 10_000);
  });

  it('that lead nowhere are tried once more with less of a CPU, where the plan allows it', async () => {
    script = [
      {mib: 1024, tookMs: 10_000},
      {mib: 1024, tookMs: 10_000},
      {mib: 600, tookMs: 6000},
      {mib: 60, tookMs: 600},
      {mib: 6, tookMs: 100},
    ];
    const done = await play(act({throttle: 20, ahead: ahead({maxSent: 9999 * MiB})}));
    expect(ran).toEqual(['alpha: throttle 20']);
    expect(done.ok).toBe(true);
    expect(reports().map(({verdict}) => verdict)).toEqual(['go-on', 'stuck', 'go-on', 'cutover']);
  });

  it('end with a link that breaks, and the way of the container is not touched', async () => {
    fails = {kind: 'unreachable', code: 'connection-lost', message: 'lost', host: 'beta'};
    expect(await play(act())).toEqual(err({...fails, container: 'redis'}));
    expect(sent).toHaveLength(1);
    expect(ran).toEqual([]);
  });

  it('end when what one of them did cannot be read', async () => {
    script = [{mib: 1, tookMs: 1}];
    const blind = {...act().rounds, read: () => err('no figures')};
    expect(await play(act({rounds: blind}))).toMatchObject({
      error: {
        code: 'round-unread',
        host: 'alpha',
        message: expect.stringMatching(/round 1.*no figures/u) as unknown,
      },
    });
  });
});
