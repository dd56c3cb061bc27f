import {expect} from 'vitest';
import type {ContainerReport, RoundReport} from '../../src/state/runner/run-report.js';
import {expectExit, type Rig} from './rig.js';
import {askDirty, checkDirty, type DirtyCheck} from './dirty.js';
import type {Ended, Line} from './cm-run.js';

/** The rounds of pre-copy, as `cm apply --json` tells them. */
const roundsOf = ({lines}: Ended): readonly RoundReport[] =>
  lines.filter(({type}) => type === 'round') as unknown as readonly RoundReport[];

/** What a step came to. */
const stepOf = ({lines}: Ended, step: string): Readonly<Record<string, unknown>> | undefined =>
  lines.find((line) => line.type === 'step-settled' && line['step'] === step && !line['undo']);

/** The container that serves there holds each page as it has to, and has gone on since then. */
export async function expectMemory(
  address: string,
  mib: number,
  before?: DirtyCheck,
): Promise<DirtyCheck> {
  const after = await checkDirty(address);
  expect(after).toMatchObject({pages: mib * 256, bad: 0, due: after.memory});
  if (before) expect(after.written).toBeGreaterThan(before.written);
  return after;
}

/** As soon as it answers. */
export const answers = (address: string): Promise<void> =>
  expect.poll(() => askDirty(address, 'count').catch(String)).toMatch(/^count=/);

/** What `cm apply --json` says of the container at its end. */
function reportOf({lines}: Ended): ContainerReport | undefined {
  interface Told {
    readonly runs: readonly {readonly containers: readonly ContainerReport[]}[];
  }
  const summary = lines.find(({type}) => type === 'summary') as (Told & Line) | undefined;
  return summary?.runs[0]?.containers[0];
}

const inMegabytes = (bytes: unknown): string => (Number(bytes ?? 0) / 1e6).toFixed(1);

/** Printed, so that every run of the tests is a sample of how good the predictions are. */
function tellPrediction(what: string, ended: Ended): void {
  const report = reportOf(ended);
  const rounds = roundsOf(ended);
  const expected = rounds.at(-1)?.expectedMs ?? report?.predicted?.downtimeMs ?? Number.NaN;
  const {container = '', downtimeMs = Number.NaN} = report ?? {};
  const off = Math.round((100 * (expected - downtimeMs)) / downtimeMs);
  const sizes = rounds.map(({bytes}) => inMegabytes(bytes)).join(' ');
  const frozen = inMegabytes(stepOf(ended, `${container}/freeze`)?.['bytes']);
  console.info(
    `${what}: ${expected} ms predicted, ${downtimeMs} ms measured (${off} %); rounds of ${sizes} MB, frozen ${frozen} MB`,
  );
}

/** A `dirty` of 48 MiB on alpha, and an engine to move it with. */
export interface Ahead {
  readonly address: string;
  /** Applies a plan of this text to its end. */
  readonly apply: (name: string, text: string) => Promise<Ended>;
  /** Such as `alpha running`. */
  readonly where: () => Promise<string>;
  /** Equal as long as nobody has touched it. */
  readonly process: (host: string) => Promise<string>;
  readonly leftovers: () => Promise<readonly string[]>;
  /** What an engine's commands take now, in multiples of what they take on the reference machine, at least 1. */
  readonly slowness: () => Promise<number>;
}

/** What `podman ps` takes in an emulated host of the reference machine, idle. */
const referenceMs = 1000;

export async function slownessOf(rig: Rig): Promise<number> {
  const ms = await rig.shell(
    'alpha',
    'begun=$(date +%s%N); podman ps >/dev/null; podman ps >/dev/null; echo $((($(date +%s%N) - begun) / 2000000))',
  );
  return Math.max(1, Number(ms) / referenceMs);
}

const mib = 48;

const planText = (on: string, bandwidth: number, more: string): string =>
  `limits: {bandwidth: ${bandwidth * 1000}kbit}\ncontainers:\n  dirty: {on: ${on}, ${more}, verify: {tcp: 7000}}\n`;

/** Refused before anything is sent, since no round helps against what every restore costs. */
export async function refusesBelowFloor(ahead: Ahead): Promise<void> {
  const process = await ahead.process('alpha');
  const more = 'strategy: pre-copy, budget: {downtime: 500ms}';
  const refused = await ahead.apply('below', planText('beta', 20, more));
  expect(refused.exit, refused.stdout).toBe(14);
  expect(refused.stdout).toContain('"code":"budget-below-floor"');
  expect(refused.stdout).toMatch(/no pre-copy gets under \d+\.\d s/);
  expect(roundsOf(refused)).toEqual([]);
  expect(await ahead.process('alpha')).toBe(process);
}

/**
 * Whether a round's commands took so much of it that a third round would not be worth it. `bandwidth`: Mbit/s of the link.
 */
function commandsOutweigh(rounds: readonly RoundReport[], bandwidth: number): boolean {
  const {bytes = 0, tookMs = 0} = rounds.at(-1) ?? {};
  const sentMs = bytes / (bandwidth * 125);
  return tookMs - sentMs > 0.15 * tookMs;
}

/**
 * It changes memory at half the speed of the link, and its budget is tighter than this machine can do. The slower the machine,
 * the slower the link: so a third round saves more than a tenth of the downtime, whatever the engine's commands take. A machine
 * that became slower since it was measured is told by the rounds themselves, and gets a slower link.
 */
async function inRounds(ahead: Ahead): Promise<Ended> {
  const slowness = await ahead.slowness();
  for (let bandwidth = Math.max(1, Math.round(16 / slowness)); ; bandwidth = bandwidth / 2) {
    await askDirty(ahead.address, `rate ${Math.ceil(bandwidth * 15)}`);
    const more = 'strategy: pre-copy, budget: {downtime: 1s}, onNoConverge: cutover';
    const moved = await ahead.apply('rounds', planText('beta', bandwidth, more));
    tellPrediction('pre-copy in rounds', moved);
    expectExit(moved, 0);
    const rounds = roundsOf(moved);
    const mayBeFew = bandwidth >= 2 && commandsOutweigh(rounds, bandwidth);
    if (rounds.length >= 3 || !mayBeFew) return moved;
    expectExit(await ahead.apply('back', planText('alpha', 100, 'strategy: stateful')), 0);
  }
}

export async function movesInRounds(ahead: Ahead): Promise<void> {
  await askDirty(ahead.address, `hot ${mib}`);
  const before = await expectMemory(ahead.address, mib);
  const moved = await inRounds(ahead);
  expect(await ahead.where()).toMatch(/^beta running/);
  const rounds = roundsOf(moved);
  expect(rounds.length, JSON.stringify(rounds)).toBeGreaterThanOrEqual(3);
  expect(rounds[0]).toMatchObject({round: 1, skipped: 0, verdict: 'go-on'});
  expect(rounds[0]?.pages).toBeGreaterThanOrEqual(mib * 256);
  const [first = 0, second = 0, third = 0] = rounds.map(({bytes}) => bytes);
  expect(second).toBeLessThan(0.9 * first);
  expect(third).toBeLessThan(0.9 * second);
  expect(stepOf(moved, 'dirty/freeze')?.['bytes']).toBeLessThan(0.75 * first);
  await expectMemory(ahead.address, mib, before);
  expect(await ahead.leftovers()).toEqual([]);
}

/** It changes memory faster than it is sent, and the plan says what then. */
export async function noticesNoConvergence(ahead: Ahead): Promise<void> {
  await askDirty(ahead.address, 'rate 8000');
  const before = await expectMemory(ahead.address, mib);
  const process = await ahead.process('beta');
  // Where the second round happened to be faster than the first, a third one tells.
  const why = /it changes memory at \d+ % of the speed|the rounds do not get smaller/;
  const expectStuck = (ended: Ended): void => {
    const rounds = roundsOf(ended);
    expect(rounds.at(-1)).toMatchObject({verdict: 'stuck'});
    expect(rounds.length, JSON.stringify(rounds)).toBeLessThanOrEqual(3);
  };
  const text = (then: string): string =>
    planText('alpha', 100, `strategy: [pre-copy, stateful], onNoConverge: ${then}`);

  const aborted = await ahead.apply('abort', text('abort'));
  expect(aborted.exit, aborted.stdout).toBe(1);
  expectStuck(aborted);
  expect(reportOf(aborted)?.problems?.[0]).toMatchObject({
    code: 'not-converging',
    message: expect.stringMatching(why) as string,
  });
  expect(await ahead.where()).toMatch(/^beta running/);
  expect(await ahead.process('beta')).toBe(process);
  const still = await expectMemory(ahead.address, mib, before);
  expect(await ahead.leftovers()).toEqual([]);

  const moved = await ahead.apply('next', text('next-strategy'));
  tellPrediction('stateful after rounds', moved);
  expectExit(moved, 0);
  expectStuck(moved);
  const said = stepOf(moved, 'dirty/rounds')?.['fact'];
  expect(said).toMatch(/^stateful from here on: /);
  expect(said).toMatch(why);
  expect(await ahead.where()).toMatch(/^alpha running/);
  // Nothing counts as sent any more.
  expect(stepOf(moved, 'dirty/freeze')?.['bytes']).toBeGreaterThan(mib * 2 ** 20);
  await expectMemory(ahead.address, mib, still);
  expect(await ahead.leftovers()).toEqual([]);
}
