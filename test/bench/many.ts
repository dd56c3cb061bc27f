import {fillRedis} from '../../src/lab/demo/demo-redis.js';
import {imageName} from '../../src/lab/lab.js';
import {type BenchLab, type HostOf, must} from './bench-lab.js';
import type {Recorder} from './recorder.js';
import {median} from './statistics.js';

interface Went {
  readonly tookMs: number;
  readonly downtimeMs: number;
}

/** Where containers are, and where they go. */
type Way = readonly [HostOf, HostOf];

export const oneWay: readonly Way[] = [['alpha', 'beta']];

/** Nothing is shared but the machine that runs `cm`; and, in a lab, its processors. */
export const disjoint: readonly Way[] = [
  ['alpha', 'beta'],
  ['gamma', 'delta'],
];

interface Size {
  readonly count: number;
  readonly megabytes: number;
  readonly pairs: number;
}

/** Several containers from host to host: all in one run, against one run for each. */
export async function benchMany(
  lab: BenchLab,
  ways: readonly Way[],
  {count, megabytes, pairs}: Size,
  recorder: Recorder,
): Promise<void> {
  console.error(
    `${count} containers of ${megabytes} MB over ${ways.length} link(s), ${pairs} pairs`,
  );
  const all = Array.from({length: count}, (_, i) => ({
    name: `web-${i}`,
    way: ways[i % ways.length] ?? ['alpha', 'beta'],
  }));
  await lab.onAll('podman rm --all --force --time 0 >/dev/null');
  for (const [i, {name, way}] of all.entries())
    await startFull(lab, name, way[0], 21 + i, megabytes);
  const planTo = (end: 0 | 1): Promise<string> =>
    lab.plan(
      `all-${end}`,
      `limits: {parallel: ${count}, perHost: ${count}}\ncontainers:\n${all
        .map(
          ({name, way}) =>
            `  ${name}: {on: ${way[end]}, strategy: stateful, verify: {tcp: 6379}}\n`,
        )
        .join('')}`,
    );
  const plans = [await planTo(0), await planTo(1)] as const;
  const names = all.map(({name}) => name);
  const apply = async (to: 0 | 1, moved: readonly string[]): Promise<Went> => {
    const only = moved.length === names.length ? [] : moved.flatMap((name) => ['--only', name]);
    const ran = await lab.cm(['apply', plans[to], '--yes', '--json', ...only]);
    const downtimes = moved.map((name) => ran.container(name).downtimeMs ?? Number.NaN);
    return {tookMs: ran.tookMs, downtimeMs: median(downtimes)};
  };
  const together = (to: 0 | 1): Promise<Went> => apply(to, names);
  const oneByOne = async (to: 0 | 1): Promise<Went> => {
    const went: Went[] = [];
    for (const name of names) went.push(await apply(to, [name]));
    return {
      tookMs: went.reduce((sum, {tookMs}) => sum + tookMs, 0),
      downtimeMs: median(went.map(({downtimeMs}) => downtimeMs)),
    };
  };
  const [ours, theirs]: [Went[], Went[]] = [[], []];
  let to: 0 | 1 = 1;
  const turn = async (way: (to: 0 | 1) => Promise<Went>, went: Went[]): Promise<void> => {
    await lab.settle();
    went.push(await way(to));
    to = to === 1 ? 0 : 1;
  };
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) await turn(together, ours);
    await turn(oneByOne, theirs);
    if (pair % 2 === 1) await turn(together, ours);
    console.error(`  together ${said(ours)}; one by one ${said(theirs)}`);
    tell(recorder, ways.length, `${count} containers of ${megabytes} MB`, ours, theirs);
  }
}

async function startFull(
  lab: BenchLab,
  name: string,
  host: HostOf,
  last: number,
  megabytes: number,
): Promise<void> {
  await lab.shell(
    host,
    'podman run --detach --name "$1" --network lan --ip "$2" --mac-address "$3" -- "$4" >/dev/null',
    ...[name, lab.ip(last), `02:00:00:00:00:${last}`, imageName('redis')],
  );
  const redis = await lab.connect(last);
  must(await fillRedis(redis, megabytes * 10));
  redis.close();
}

function said(all: readonly Went[]): string {
  const went = all.at(-1);
  return `${Math.round(went?.tookMs ?? 0)} ms, downtime ${went?.downtimeMs} ms`;
}

function tell(
  recorder: Recorder,
  links: number,
  what: string,
  ours: readonly Went[],
  theirs: readonly Went[],
) {
  const sides = (of: (went: Went) => number) => ({oursMs: ours.map(of), theirsMs: theirs.map(of)});
  const names = {ours: 'cm, one run', theirs: 'cm, one run each'};
  const took = sides(({tookMs}) => tookMs);
  const until = {
    what: `${what} on ${links === 1 ? 'one link' : `${links} links`}: until all have moved`,
  };
  recorder.put({
    comparisons:
      links > 1
        ? [{id: 'F1', ...until, ...names, ...took, goal: 0.83, aim: 0.63}]
        : [
            {id: 'F2', ...until, ...names, ...took},
            {
              ...{id: 'F3', what: `${what} on one link: median downtime`, ...names},
              ...{goal: 1.5, aim: 1.15, ...sides(({downtimeMs}) => downtimeMs)},
            },
          ],
  });
}
