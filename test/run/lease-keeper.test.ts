import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {command, type Command} from '../../src/base/command.js';
import type {Problem} from '../../src/base/problem.js';
import {err, ok} from '../../src/base/result.js';
import type {Transport} from '../../src/hosts/transport.js';
import {LeaseKeeper} from '../../src/run/lease-keeper.js';
import {guard} from '../../src/state/host/lease.js';
import {leaseLine} from '../../src/state/host/lease-record.js';
import {FakeClock} from '../rig/clock.js';
import {FakeWorld} from '../rig/fake-world.js';

let world: FakeWorld;
let clock: FakeClock;
let sent: string[];
/** What the host prints in place of its answer to who asks for a lease. */
let denied: string | undefined;
/** Whether what an earlier run began still runs. */
let busy = false;
const nobody = {name: 'redis', owner: 'ann@desk', plan: 'evening', since: 'now'};
const open: LeaseKeeper[] = [];

beforeEach(() => {
  world = new FakeWorld(['alpha', 'beta']);
  clock = new FakeClock();
  sent = [];
  ended.clear();
  denied = undefined;
  busy = false;
});
afterEach(() => {
  for (const keeper of open.splice(0)) keeper.close();
});

function watched(host: string): Transport {
  const inner = world.transport(host);
  return {
    ...inner,
    run: async (each: Command) => {
      world.now = clock.now();
      sent.push(`${host}: ${each.title ?? each.argv.join(' ')}`);
      const ran = await inner.run(each);
      if (busy && each.title === 'wait for what runs of redis' && ran.ok)
        return ok({...ran.value, code: 98});
      if (denied === undefined || each.title !== 'lease redis' || !ran.ok) return ran;
      return ok({...ran.value, stdout: denied});
    },
  };
}

const transportOf = async (host: string) => Promise.resolve(ok(watched(host)));

/** Processes that have ended, by their number: the one of run `r1` is 1. */
const ended = new Set<number>();
const processOf = (run: string) => ({
  scope: 'a'.repeat(32),
  pid: Number(run.slice(1)),
  start: '1',
});

function keeper(run: string, lockWaitMs = 0) {
  const warnings: Problem[] = [];
  const made = new LeaseKeeper({
    transportOf,
    clock,
    who: {run, owner: 'ann@desk', process: processOf(run), plan: 'evening'},
    hasEnded: ({pid}) => ended.has(pid),
    lockWaitMs,
    warn: (problem) => warnings.push(problem),
  });
  open.push(made);
  return Object.assign(made, {warnings});
}

describe('a lease keeper', () => {
  it('tells who has a lease that it cannot have', async () => {
    await keeper('r1').acquire('alpha', 'redis');
    const second = keeper('r2');
    const refused = await second.acquire('alpha', 'redis');
    expect(refused).toMatchObject({
      ok: false,
      error: {
        ...{kind: 'locked', code: 'leased', host: 'alpha', container: 'redis'},
        remedy: expect.stringContaining('cm unlock FILE --only redis') as string,
      },
    });
    expect(refused.ok ? '' : refused.error.message).toBe(
      '"redis" on "alpha" is leased by ann@desk for plan "evening" (run r1) since 2026-01-01T00:00:00.000Z; last heartbeat 0 s ago',
    );
    expect(second.holds('alpha', 'redis')).toBe(false);
  });

  it('waits for one that is given back in time', async () => {
    const first = keeper('r1');
    await first.acquire('alpha', 'redis');
    const second = keeper('r2', 60_000);
    const waiting = second.acquire('alpha', 'redis');
    await clock.pass(20_000);
    await first.release('alpha', 'redis');
    await clock.pass(11_000);
    expect(await waiting).toEqual({ok: true, value: 'leased'});
  });

  it('waits no longer than it may, and ends at once when it is told to', async () => {
    await keeper('r1').acquire('alpha', 'redis');
    const patient = keeper('r2', 30_000).acquire('alpha', 'redis');
    await clock.pass(31_000);
    expect((await patient).ok).toBe(false);
    const stop = new AbortController();
    const stopped = keeper('r3', 600_000).acquire('alpha', 'redis', stop.signal);
    await clock.pass(2000);
    stop.abort();
    expect((await stopped).ok).toBe(false);
  });

  it('keeps leases alive with one heartbeat for each host', async () => {
    const first = keeper('r1');
    for (const name of ['a', 'b', 'c']) await first.acquire('alpha', name);
    await first.acquire('beta', 'a');
    sent = [];
    await clock.pass(46_000);
    expect(sent.filter((each) => each === 'alpha: lease heartbeat')).toHaveLength(3);
    expect(sent.filter((each) => each === 'beta: lease heartbeat')).toHaveLength(3);
    await first.release('beta', 'a');
    sent = [];
    await clock.pass(60_000);
    expect(new Set(sent)).toEqual(new Set(['alpha: lease heartbeat']));
    for (const name of ['a', 'b', 'c']) await first.release('alpha', name);
    sent = [];
    await clock.pass(60_000);
    expect(sent).toEqual([]);
  });

  it('takes over what a dead runner left, after what that left running', async () => {
    const dead = keeper('r1');
    await dead.acquire('alpha', 'redis');
    dead.close();
    await clock.pass(61_000);
    sent = [];
    expect(await keeper('r2').acquire('alpha', 'redis')).toEqual({
      ok: true,
      value: 'leased; run r1 had left it behind',
    });
    expect(sent).toEqual(['alpha: lease redis', 'alpha: wait for what runs of redis']);
  });

  it('does not begin while what a dead runner began still runs', async () => {
    const dead = keeper('r1');
    await dead.acquire('alpha', 'redis');
    dead.close();
    await clock.pass(61_000);
    busy = true;
    expect(await keeper('r2').acquire('alpha', 'redis')).toMatchObject({
      ok: false,
      error: {kind: 'locked', code: 'busy', host: 'alpha', container: 'redis'},
    });
  });

  it('takes over at once from a process of this machine that has ended', async () => {
    const dead = keeper('r1');
    await dead.acquire('alpha', 'redis');
    dead.close();
    expect((await keeper('r2').acquire('alpha', 'redis')).ok).toBe(false);
    ended.add(1);
    sent = [];
    expect(await keeper('r3').acquire('alpha', 'redis')).toEqual({
      ok: true,
      value: 'leased; run r1 had left it behind',
    });
    expect(sent).toEqual([
      'alpha: lease redis',
      'alpha: lease redis',
      'alpha: wait for what runs of redis',
    ]);
    expect(world.host('alpha').leases.get('redis')?.line).toContain('"run":"r3"');
  });

  it('does not ask for ever a host that denies it the lease of a process that has ended', async () => {
    ended.add(1);
    const by = leaseLine({...nobody, run: 'r1', process: processOf('r1')});
    const made = keeper('r2');
    denied = `held\t0\t${by}\n`;
    const refused = await made.acquire('alpha', 'redis');
    expect(refused).toMatchObject({error: {code: 'leased'}});
    expect(sent).toEqual(['alpha: lease redis', 'alpha: lease redis']);
  });

  it('gives back a lease that the host may have written without saying so', async () => {
    denied = 'Welcome to alpha\ntaken\n';
    const refused = await keeper('r1').acquire('alpha', 'redis');
    expect(refused).toMatchObject({error: {code: 'lease-failed'}});
    expect(sent).toEqual(['alpha: lease redis', 'alpha: release redis']);
    expect(world.host('alpha').leases.has('redis')).toBe(false);
  });

  it('tells once that a lease was taken away, and still guards its commands', async () => {
    const first = keeper('r1');
    await first.acquire('alpha', 'redis');
    world.host('alpha').leases.delete('redis');
    await keeper('r2').acquire('alpha', 'redis');
    await clock.pass(60_000);
    expect(first.warnings).toMatchObject([{kind: 'locked', code: 'lease-lost', host: 'alpha'}]);
    expect(first.holds('alpha', 'redis')).toBe(true);
    const ran = await watched('alpha').run(
      guard(command('fake', 'stop', 'redis'), {name: 'redis', run: 'r1'}),
    );
    expect(ran).toMatchObject({value: {code: 97}});
    await first.release('alpha', 'redis');
    expect(world.host('alpha').leases.get('redis')?.line).toContain('"run":"r2"');
  });

  it('tells of a lease that was taken away, also before a heartbeat does', async () => {
    const first = keeper('r1');
    await first.acquire('alpha', 'redis');
    await first.acquire('beta', 'redis');
    expect(await first.lost('redis')).toBeUndefined();
    world.host('beta').leases.delete('redis');
    await keeper('r2').acquire('beta', 'redis');
    expect(await first.lost('redis')).toMatchObject({code: 'lease-lost', host: 'beta'});
    expect(await first.lost('web')).toBeUndefined();
  });

  it('goes on when heartbeats do not get through', async () => {
    const first = keeper('r1');
    await first.acquire('alpha', 'redis');
    world.fault = {kind: 'vanish', at: world.sent + 1};
    await clock.pass(40_000);
    expect(first.warnings).toEqual([]);
    expect(first.holds('alpha', 'redis')).toBe(true);
  });

  it('passes on that a host cannot be reached', async () => {
    const problem: Problem = {kind: 'unreachable', code: 'refused', message: 'no'};
    const made = new LeaseKeeper({
      transportOf: async () => Promise.resolve(err(problem)),
      clock,
      who: {run: 'r1', owner: 'me', plan: 'p'},
      lockWaitMs: 0,
      warn: () => undefined,
    });
    expect(await made.acquire('alpha', 'redis')).toEqual({ok: false, error: problem});
    expect(await made.release('alpha', 'redis')).toEqual({ok: true, value: undefined});
  });
});
