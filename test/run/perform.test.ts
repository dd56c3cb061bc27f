import {beforeEach, describe, expect, it} from 'vitest';
import {command, type Command} from '../../src/base/command.js';
import type {Problem} from '../../src/base/problem.js';
import {err, ok, type Result} from '../../src/base/result.js';
import type {Act} from '../../src/planner/steps/step.js';
import type {Link, Receiver} from '../../src/hosts/link/link.js';
import type {Output, Transport} from '../../src/hosts/transport.js';
import type {Hook} from '../../src/plan/plan.js';
import type {Event} from '../../src/run/events.js';
import {LeaseKeeper} from '../../src/run/lease-keeper.js';
import {perform} from '../../src/run/execute/perform.js';
import type {ActOf, Stage} from '../../src/run/execute/performance.js';
import {acquireScript, guardScript} from '../../src/state/host/lease-scripts.js';
import {FakeClock} from '../rig/clock.js';

type Answer = Result<Output, Problem>;

const exits = (code: number, stdout = '', stderr = ''): Answer =>
  ok({code, stdout, stderr, durationMs: 1});

const lost: Problem = {
  kind: 'unreachable',
  code: 'connection-lost',
  message: 'lost',
  host: 'alpha',
};

let clock: FakeClock;
let sent: {readonly host: string; readonly command: Command; readonly signal: boolean}[];
/** What the hosts answer. */
let answer: (host: string, each: Command) => Answer;
let events: Event[];
let opened: Readonly<Record<string, Receiver>>;
let link: Link;
let stage: Stage;

const transport = (host: string): Transport => ({
  host,
  run: async (each, options) => {
    sent.push({host, command: each, signal: options?.signal !== undefined});
    if (each.argv[2] === acquireScript) return Promise.resolve(exits(0, 'taken\n'));
    return Promise.resolve(answer(host, each));
  },
  start: async () => Promise.resolve(err(lost)),
  endpoint: async () => Promise.resolve(ok(undefined)),
  close: async () => Promise.resolve(),
});

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  events = [];
  opened = {};
  answer = () => exits(0);
  const transportOf = async (host: string) => Promise.resolve(ok(transport(host)));
  link = {
    way: 'direct',
    send: async () => Promise.resolve(ok({bytes: 7, durationMs: 1, notes: 'figures', answer: ''})),
    sync: async () => Promise.resolve(ok({bytes: 8, durationMs: 1, notes: '', answer: ''})),
    compare: async () => Promise.reject(new Error('nothing is compared')),
    seal: async () => Promise.resolve(ok(undefined)),
    close: async () => Promise.resolve([]),
  };
  stage = {
    transportOf,
    runner: transport('runner'),
    clock,
    leases: new LeaseKeeper({
      transportOf,
      clock,
      who: {run: 'r1', owner: 'me', plan: 'p'},
      lockWaitMs: 0,
      warn: () => undefined,
    }),
    openLink: async (_from, _to, {receivers}) => {
      opened = receivers;
      return Promise.resolve(ok(link));
    },
    links: new Map(),
    fingerprintOf: async () => Promise.resolve(ok('same')),
    figuresOf: (text) => (text === 'figures' ? {frozen: 3} : undefined),
    say: (event) => events.push(event),
  };
});

const play = async (act: Act, signal?: AbortSignal) =>
  perform(stage, act, {step: 'redis/step', lane: 'redis', ...(signal && {signal})});

const run = (rest: Partial<ActOf<'run'>> = {}): Act => ({
  kind: 'run',
  host: 'alpha',
  command: command('podman', 'stop', 'redis'),
  ...rest,
});

const lease: Act = {kind: 'lease', host: 'alpha', name: 'redis'};

describe('a command', () => {
  it('that changes something is sent once, under the lease of its lane', async () => {
    await play(lease);
    answer = () => err(lost);
    expect(await play(run())).toMatchObject({
      error: {...lost, container: 'redis', command: 'podman stop redis'},
    });
    expect(sent).toHaveLength(2);
    expect(sent[1]?.command.argv.slice(2, 6)).toEqual([guardScript, 'cm', 'redis', 'r1']);
    expect(sent[1]?.signal).toBe(false);
  });

  it('that only reads is sent again when the connection breaks, and not guarded', async () => {
    await play(lease);
    answer = () => (sent.length < 3 ? err(lost) : exits(0));
    const done = play(run({reads: true}));
    await clock.pass(5000);
    expect(await done).toEqual(ok({}));
    expect(sent.slice(1).map((each) => each.command.argv[0])).toEqual(['podman', 'podman']);
  });

  it('that takes something back is sent again for a while when the connection breaks', async () => {
    const insists = async () =>
      perform(stage, run(), {step: 'redis/step', lane: 'redis', insists: true});
    await stage.leases.acquire('alpha', 'redis');
    let left = 2;
    answer = () => (left-- > 0 ? err(lost) : exits(0));
    const undone = insists();
    await clock.pass(5000);
    expect(await undone).toEqual(ok({}));
    expect(sent.slice(1).map(({command: each}) => each.argv[2])).toEqual(
      Array(3).fill(guardScript),
    );
    answer = () => err(lost);
    const gone = insists();
    await clock.pass(20_000);
    expect(await gone).toMatchObject({ok: false, error: lost});
    answer = () => err({...lost, code: 'host-key-changed'});
    expect(await insists()).toMatchObject({ok: false, error: {code: 'host-key-changed'}});
  });

  it('that fails is told with its host and its log', async () => {
    answer = () => exits(125, 'out', 'Error: \u001b[31mno such container\u001b[0m\n');
    expect(await play(run())).toEqual(
      err({
        kind: 'step',
        code: 'command-failed',
        host: 'alpha',
        container: 'redis',
        command: 'podman stop redis',
        message: '"podman stop redis" failed on "alpha" with exit code 125',
        log: ['Error: no such container'],
      }),
    );
  });

  it('whose lease is gone is told as such', async () => {
    answer = () => exits(97, '', '@@cm lease-lost\n');
    expect(await play(run())).toMatchObject({error: {kind: 'locked', code: 'lease-lost'}});
  });

  it('is judged by what it printed, and gives its figures', async () => {
    answer = () => exits(0, 'figures');
    const judged = await play(run({judge: (stdout) => ok(`saw ${stdout}`)}));
    expect(judged).toEqual(ok({fact: 'saw figures', figures: {frozen: 3}}));
    const refused = await play(run({judge: () => err(lost)}));
    expect(refused).toEqual(err(lost));
  });
});

describe('a link', () => {
  const open: Act = {
    kind: 'open-link',
    link: 'redis',
    from: 'alpha',
    to: 'beta',
    folder: '/run/cm/r1/0',
    receivers: {
      memory: {kind: 'program', command: command('tar', 'x')},
      v0: {kind: 'folder', path: '/x'},
    },
    transfer: 'direct',
  };
  const send: Act = {
    kind: 'send',
    link: 'redis',
    producer: command('tar', 'c'),
    receiver: 'memory',
    bytes: 1000,
  };

  it('has receivers that are guarded by the target’s lease, producers by the source’s', async () => {
    await play(lease);
    await play({...lease, host: 'beta'});
    await play(open);
    expect(opened['memory']).toMatchObject({command: {argv: {2: guardScript}}});
    expect(opened['v0']).toEqual({kind: 'folder', path: '/x'});
    let producer: Command | undefined;
    link.send = async (each) => {
      producer = each;
      return Promise.resolve(ok({bytes: 7, durationMs: 1, notes: 'figures', answer: ''}));
    };
    expect(await play(send)).toEqual(ok({bytes: 7, figures: {frozen: 3}}));
    expect(producer?.argv[2]).toBe(guardScript);
  });

  it('that fails since another run has taken the lease says so', async () => {
    await play(lease);
    await play(open);
    const failed = {kind: 'step', code: 'sync-failed', message: 'rsync status 12'} as const;
    link.sync = async () => Promise.resolve(err(failed));
    const sync: Act = {kind: 'sync', link: 'redis', folder: '/x', receiver: 'v0', bytes: 0};
    answer = () => exits(0, '');
    expect(await play(sync)).toMatchObject({error: {code: 'sync-failed'}});
    answer = () => exits(0, 'redis\n');
    expect(await play(sync)).toMatchObject({
      error: {kind: 'locked', code: 'lease-lost', host: 'alpha', container: 'redis'},
    });
  });

  it('compares all folders, and fails where one differs', async () => {
    await play(open);
    const act: Act = {
      kind: 'compare',
      link: 'redis',
      to: 'beta',
      by: 'digest',
      folders: [
        {folder: '/x', real: true, receiver: 'v0', what: 'volume data'},
        {folder: '/y', receiver: 'rootfs', what: 'changed files'},
      ],
    };
    const asked: unknown[] = [];
    link.compare = async (...words) => {
      asked.push(words);
      return Promise.resolve(ok({files: 20, bytes: 512, differing: 0, differences: []}));
    };
    expect(await play(act)).toEqual(
      ok({
        fact: '40 files, 1.0 KiB: same metadata and content',
        figures: {compared_files: 40, compared_bytes: 1024},
      }),
    );
    expect(asked).toEqual([
      ['/x', 'v0', {content: true, real: true}],
      ['/y', 'rootfs', {content: true}],
    ]);
    link.compare = async (_from, receiver) =>
      Promise.resolve(
        ok({
          files: 20,
          bytes: 512,
          differing: receiver === 'v0' ? 9 : 0,
          differences: receiver === 'v0' ? [{path: 'a', how: 'size, time'}] : [],
        }),
      );
    expect(await play(act)).toMatchObject({
      error: {
        code: 'files-differ',
        host: 'beta',
        container: 'redis',
        message:
          '9 files differ on "beta" from "alpha" after the last copy: volume data: a (size, time); and 8 more',
      },
    });
  });

  it('tells progress four times a second at most, with the rate of the last second', async () => {
    await play(open);
    link.send = async (_producer, _receiver, options) => {
      for (let tick = 1; tick <= 40; tick += 1) {
        await clock.sleep(50);
        options?.onProgress?.({bytes: tick * 100});
      }
      return ok({bytes: 4000, durationMs: 2000, notes: '', answer: ''});
    };
    const done = play(send);
    await clock.pass(3000);
    await done;
    const told = events.filter((event) => event.type === 'step-progress');
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThanOrEqual(8);
    expect(told.at(-1)).toMatchObject({step: 'redis/step', total: 1000, rate: 2000});
  });

  it('that is not open takes nothing, and is closed', async () => {
    expect(await play(send)).toMatchObject({error: {code: 'link-not-open'}});
    expect(await play({kind: 'close-link', link: 'redis'})).toEqual(ok({}));
  });

  it('tells every problem of its closing, and is closed once', async () => {
    await play(open);
    link.close = async () => Promise.resolve([lost, {...lost, message: 'second'}]);
    expect(await play({kind: 'close-link', link: 'redis'})).toEqual(err(lost));
    expect(events).toMatchObject([{type: 'warning', problem: {message: 'second'}}]);
    expect(await play({kind: 'close-link', link: 'redis'})).toEqual(ok({}));
  });
});

describe('a hook', () => {
  const hook = (onFailure: Hook['onFailure'], host?: string): Act => ({
    kind: 'hook',
    point: 'before',
    hook: {run: ['notify'], on: 'runner', timeoutMs: 1000, onFailure},
    command: {...command('env', 'CM_PLAN=p', 'notify'), title: 'notify', timeoutMs: 1000},
    ...(host !== undefined && {host}),
  });

  it('runs on the runner, or where it is to run', async () => {
    await play(hook('stop'));
    await play(hook('stop', 'beta'));
    expect(sent.map(({host}) => host)).toEqual(['runner', 'beta']);
  });

  it('that fails stops the step, or is a warning, as the plan says', async () => {
    answer = () => exits(3, '', 'oops');
    expect(await play(hook('stop'))).toMatchObject({
      error: {
        code: 'hook-failed',
        message: 'hook before: "notify" failed on "runner" with exit code 3',
      },
    });
    expect(await play(hook('continue'))).toMatchObject({ok: true});
    expect(events).toMatchObject([
      {type: 'warning', problem: {code: 'hook-failed', log: ['oops']}},
    ]);
  });
});

describe('verify', () => {
  const verify: Act = {
    kind: 'verify',
    host: 'beta',
    verify: {tcp: 1, withinMs: 10_000},
    checks: [command('tcp'), command('http')],
  };

  it('repeats until each check has succeeded once', async () => {
    const seen: string[] = [];
    answer = (_, {argv: [program]}) => {
      seen.push(program);
      const tries = seen.filter((each) => each === program).length;
      return exits(tries >= (program === 'tcp' ? 1 : 4) ? 0 : 1);
    };
    const done = play(verify);
    await clock.pass(10_000);
    expect(await done).toEqual(ok({fact: 'answered after 2375 ms'}));
    expect(seen).toEqual(['tcp', 'http', 'http', 'http', 'http']);
  });

  it('gives up when the time is over, and shows the last answer', async () => {
    answer = (_, {argv: [program]}) => exits(program === 'tcp' ? 0 : 22, '', 'refused');
    const done = play(verify);
    await clock.pass(20_000);
    expect(await done).toMatchObject({
      error: {code: 'not-verified', host: 'beta', log: ['refused']},
    });
    expect(sent.length).toBeLessThan(12);
  });

  it('does not let a check take more time than there is', async () => {
    const done = play(verify);
    await clock.pass(1);
    await done;
    expect(sent[0]?.command.timeoutMs).toBe(10_000);
  });

  it('ends when it is told to', async () => {
    answer = () => exits(1);
    const stop = new AbortController();
    const done = play(verify, stop.signal);
    await clock.pass(100);
    stop.abort();
    expect(await done).toMatchObject({ok: false});
  });
});

it('confirms that the world is as it was', async () => {
  const confirm = {
    kind: 'confirm',
    container: 'redis',
    hosts: ['alpha'],
    fingerprint: 'same',
  } as const;
  expect(await play(confirm)).toMatchObject({ok: true});
  expect(await play({...confirm, fingerprint: 'other'})).toMatchObject({
    error: {kind: 'step', code: 'world-moved'},
  });
});
