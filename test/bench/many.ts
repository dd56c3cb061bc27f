import {fillRedis} from '../../src/lab/demo-redis.js';
import {imageName} from '../../src/lab/lab.js';
import {type BenchLab, type HostOf, must} from './bench-lab.js';
import type {Recorder} from './recorder.js';
import {median} from './statistics.js';

interface Went {
  readonly tookMs: number;
  readonly downtimeMs: number;
}

/** Several containers from one host to another: all in one run, against one run for each. */
export async function benchMany(
  lab: BenchLab,
  count: number,
  megabytes: number,
  pairs: number,
  recorder: Recorder,
): Promise<void> {
  console.error(`${count} containers of ${megabytes} MB, ${pairs} pairs`);
  const names = Array.from({length: count}, (_, i) => `web-${i}`);
  for (const [i, name] of names.entries()) {
    const last = 21 + i;
    await lab.shell(
      'alpha',
      'podman run --detach --name "$1" --network lan --ip "$2" --mac-address "$3" -- "$4" >/dev/null',
      ...[name, lab.ip(last), `02:00:00:00:00:${last}`, imageName('redis')],
    );
    const redis = await lab.connect(last);
    must(await fillRedis(redis, megabytes * 10));
    redis.close();
  }
  const planTo = (host: HostOf): Promise<string> =>
    lab.plan(
      `all-${host}`,
      `limits: {parallel: ${count}, perHost: ${count}}\ncontainers:\n${names
        .map((name) => `  ${name}: {on: ${host}, strategy: stateful, verify: {tcp: 6379}}\n`)
        .join('')}`,
    );
  const plans = {alpha: await planTo('alpha'), beta: await planTo('beta')};
  const apply = async (to: HostOf, moved: readonly string[]): Promise<Went> => {
    const only = moved.length === names.length ? [] : moved.flatMap((name) => ['--only', name]);
    const ran = await lab.cm(['apply', plans[to], '--yes', '--json', ...only]);
    const downtimes = moved.map((name) => ran.container(name).downtimeMs ?? Number.NaN);
    return {tookMs: ran.tookMs, downtimeMs: median(downtimes)};
  };
  const together = (to: HostOf): Promise<Went> => apply(to, names);
  const oneByOne = async (to: HostOf): Promise<Went> => {
    const all: Went[] = [];
    for (const name of names) all.push(await apply(to, [name]));
    return {
      tookMs: all.reduce((sum, {tookMs}) => sum + tookMs, 0),
      downtimeMs: median(all.map(({downtimeMs}) => downtimeMs)),
    };
  };
  const [ours, theirs]: [Went[], Went[]] = [[], []];
  let to: HostOf = 'beta';
  const turn = async (way: (to: HostOf) => Promise<Went>, went: Went[]): Promise<void> => {
    await lab.settle();
    went.push(await way(to));
    to = to === 'beta' ? 'alpha' : 'beta';
  };
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) await turn(together, ours);
    await turn(oneByOne, theirs);
    if (pair % 2 === 1) await turn(together, ours);
    console.error(`  together ${said(ours)}; one by one ${said(theirs)}`);
    tell(recorder, `${count} containers of ${megabytes} MB on one link`, ours, theirs);
  }
}

function said(all: readonly Went[]): string {
  const went = all.at(-1);
  return `${Math.round(went?.tookMs ?? 0)} ms, downtime ${went?.downtimeMs} ms`;
}

function tell(recorder: Recorder, what: string, ours: readonly Went[], theirs: readonly Went[]) {
  const sides = (of: (went: Went) => number) => ({oursMs: ours.map(of), theirsMs: theirs.map(of)});
  const names = {ours: 'cm, one run', theirs: 'cm, one run each'};
  recorder.put({
    comparisons: [
      {id: 'F2', what: `${what}: until all have moved`, ...names, ...sides(({tookMs}) => tookMs)},
      {
        ...{id: 'F3', what: `${what}: median downtime`, ...names, goal: 1.5, aim: 1.15},
        ...sides(({downtimeMs}) => downtimeMs),
      },
    ],
  });
}
