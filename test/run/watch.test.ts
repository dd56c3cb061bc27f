import {
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import {err, ok} from '../../src/base/result.js';
import type {Planned} from '../../src/planner/change.js';
import type {Plan} from '../../src/plan/plan.js';
import {watch, type WatchedFile, type Watching} from '../../src/run/watch/watch.js';
import {Failures} from '../../src/run/watch/failures.js';
import {eventRecord} from '../../src/report/json/json-records.js';
import type {WatchEvent} from '../../src/run/events.js';
import {watchFolders} from '../../src/run/watch/folders.js';
import {container, plan} from '../planner/world.js';
import {limit} from '../rig/limits.js';

/** The content of a plan file here is one word: where the container belongs, or `broken`. */
const redis = (word: string): Plan => ({
  ...plan([container('redis', word)]),
  name: 'p',
  file: 'p.yaml',
  hash: word,
});

let folder = '';
let stop = new AbortController();
let events: WatchEvent[] = [];
/** Where the container is, as far as this world goes. */
let place = 'alpha';
let exit = 0;
let applied = 0;
let running: Promise<void> | undefined;

const planned = (one: Plan): Planned => {
  const [only] = [...one.containers.values()];
  if (!only) throw new Error('no container');
  return {
    plan: one,
    decisions: [
      only.on === place
        ? {action: 'none', container: only}
        : {action: 'refused', container: only, problems: []},
    ],
    graph: {lanes: [], limits: {parallel: 1, perHost: 1}},
    fingerprints: {redis: place},
    warnings: [],
  };
};

function read(file: string): readonly WatchedFile[] {
  try {
    const word = readFileSync(join(folder, file), 'utf8').trim();
    const plans = word === 'broken' ? err([]) : ok([redis(word)]);
    return [{name: file, hash: word, plans}];
  } catch {
    return [];
  }
}

function start(more: Partial<Watching> = {}): void {
  running = watch({
    read: () => Promise.resolve(read('p.yaml')),
    subscribe: (onChange) => watchFolders([folder], onChange),
    look: (one) => Promise.resolve(planned(one)),
    apply: (one) => {
      applied += 1;
      if (exit === 0) place = [...one.containers.values()][0]?.on ?? '';
      return Promise.resolve(exit);
    },
    clock: {
      now: () => Date.now(),
      sleep: async (ms, signal) => {
        await sleep(Math.min(ms, 60_000), undefined, {signal}).catch(() => undefined);
      },
    },
    random: () => 0.5,
    intervalMs: 60_000,
    settleMs: 30,
    say: (event) => events.push(event),
    stop: stop.signal,
    ...more,
  });
}

const put = (word: string): void => {
  writeFileSync(join(folder, 'p.yaml'), word);
};
const seen = (kind: WatchEvent['kind']): number =>
  events.filter((event) => event.kind === kind).length;
const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, {timeout: limit(5), interval: 10});
const idle = (times: number): Promise<void> =>
  until(() => {
    expect(seen('idle')).toBeGreaterThanOrEqual(times);
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-watch-'));
  stop = new AbortController();
  events = [];
  place = 'alpha';
  exit = 0;
  applied = 0;
});

afterEach(async () => {
  stop.abort();
  await running;
  rmSync(folder, {recursive: true});
});

test('reconciles on start, and when a file is saved', async () => {
  put('beta');
  start();
  await idle(1);
  expect(place).toBe('beta');
  put('gamma');
  await idle(2);
  expect([place, applied]).toEqual(['gamma', 2]);
});

test('keeps what is due of a plan with which all is well, and looks again when the next is', async () => {
  put('alpha');
  const kept: string[] = [];
  start({
    keep: ({hash}) => {
      kept.push(hash);
      return Promise.resolve(40);
    },
  });
  await idle(3);
  expect(kept.length).toBeGreaterThanOrEqual(3);
  expect(events).toContainEqual({kind: 'idle', nextMs: 40});
  exit = 1;
  put('beta');
  await until(() => {
    expect(seen('applied')).toBeGreaterThan(0);
  });
  expect(kept).not.toContain('beta');
});

test('sees an editor that writes beside and renames', async () => {
  put('beta');
  start();
  await idle(1);
  writeFileSync(join(folder, '.p.yaml.swp'), 'gamma');
  renameSync(join(folder, '.p.yaml.swp'), join(folder, 'p.yaml'));
  await until(() => {
    expect(place).toBe('gamma');
  });
});

test('sees a swap of the folder behind a symlink', async () => {
  for (const [name, word] of [
    ['..1', 'beta'],
    ['..2', 'gamma'],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'p.yaml'), word);
  }
  symlinkSync('..1', join(folder, '..data'));
  symlinkSync('..data/p.yaml', join(folder, 'p.yaml'));
  start();
  await idle(1);
  expect(place).toBe('beta');
  symlinkSync('..2', join(folder, '..new'));
  renameSync(join(folder, '..new'), join(folder, '..data'));
  await until(() => {
    expect(place).toBe('gamma');
  });
});

test('many saves in a moment are one run, and at most one more', async () => {
  put('beta');
  start({settleMs: limit(0.1)});
  await idle(1);
  for (let save = 0; save < 20; save += 1) {
    put(save === 19 ? 'gamma' : 'broken');
    await sleep(10);
  }
  await until(() => {
    expect(place).toBe('gamma');
  });
  expect(applied).toBe(2);
  expect(seen('reading')).toBeLessThanOrEqual(3);
});

test('what is not valid is told once, and nothing of it is applied', async () => {
  put('beta');
  start({intervalMs: 50});
  await idle(1);
  put('broken');
  await until(() => {
    expect(seen('invalid')).toBe(1);
  });
  const looked = seen('reading');
  await until(() => {
    expect(seen('reading')).toBeGreaterThan(looked + 3);
  });
  expect([seen('invalid'), applied, place]).toEqual([1, 1, 'beta']);
});

test('something else in the folder is not a change, nor is the same content again', async () => {
  put('beta');
  start();
  await idle(1);
  writeFileSync(join(folder, 'output'), 'of whoever writes here');
  await idle(2);
  put('beta');
  await sleep(300);
  expect(seen('reading')).toBe(1);
});

test('a vanished file changes nothing, and is told once', async () => {
  put('beta');
  start();
  await idle(1);
  rmSync(join(folder, 'p.yaml'));
  await idle(2);
  expect([seen('vanished'), place]).toEqual([1, 'beta']);
  put('gamma');
  await until(() => {
    expect(place).toBe('gamma');
  });
});

test('looks again every interval, without any change of a file', async () => {
  put('beta');
  start({intervalMs: 50});
  await until(() => {
    expect(place).toBe('beta');
  });
  place = 'alpha';
  await until(() => {
    expect(place).toBe('beta');
  });
});

test('a plan that failed is held back until it or the world changes', async () => {
  exit = 1;
  put('beta');
  start({intervalMs: 50});
  await until(() => {
    expect(seen('held')).toBeGreaterThan(2);
  });
  expect(applied).toBe(1);
  exit = 0;
  place = 'delta';
  await until(() => {
    expect(place).toBe('beta');
  });
  expect(applied).toBe(2);
});

describe('how long a plan is held back', () => {
  const one = redis('beta');
  test('30 s, doubled up to 30 min', () => {
    const failures = new Failures(() => 0.5);
    const delays = Array.from({length: 9}, (_, count) => {
      failures.add(one, `world ${count}`, 0);
      return failures.heldUntil(one, `world ${count}`, 1);
    });
    const s = 1000;
    expect(delays).toEqual([
      30 * s,
      60 * s,
      120 * s,
      240 * s,
      480 * s,
      960 * s,
      1800 * s,
      1800 * s,
      1800 * s,
    ]);
  });
  test('not at all in another world', () => {
    const failures = new Failures(() => 0.5);
    failures.add(one, 'world', 0);
    expect(failures.heldUntil(one, 'another', 1)).toBeUndefined();
    expect(failures.next(0)).toBe(30_000);
  });
});

test('each event is a record, with its time', () => {
  const at = Date.UTC(2026, 0);
  const one = redis('beta');
  const all: readonly WatchEvent[] = [
    {kind: 'reading', because: 'change'},
    {kind: 'invalid', file: 'p.yaml', problems: []},
    {kind: 'vanished', file: 'p.yaml'},
    {kind: 'settled', plan: one},
    {kind: 'applied', plan: one, exit: 1},
    {kind: 'held', plan: one, untilMs: 0},
    {kind: 'contended', plan: one, containers: ['redis']},
    {kind: 'idle', nextMs: 12.5},
  ];
  expect(all.map((event) => eventRecord({type: 'watch', at, ...event}))).toMatchObject(
    all.map(({kind}) => ({type: 'watch', at: '2026-01-01T00:00:00.000Z', event: kind})),
  );
});
