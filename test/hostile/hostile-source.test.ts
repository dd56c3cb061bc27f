import {expect, test} from 'vitest';
import {script, type Command} from '../../src/base/command.js';
import {docker} from '../../src/engines/docker/docker.js';
import type {Engine} from '../../src/engines/engine.js';
import type {HostSurvey, Mount, ObservedContainer} from '../../src/engines/facts.js';
import {podman} from '../../src/engines/podman/podman.js';
import {runc} from '../../src/engines/bundle/runc.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {isPowerfulPath} from '../../src/planner/claims/powerful-paths.js';
import type {Strategy} from '../../src/plan/plan.js';
import {Random} from '../fuzz/random.js';
import {container, living, observed, plan} from '../planner/world.js';
import {recording} from '../engines/recording.js';
import {touchedBy} from './sandbox.js';
import {variation} from './variations.js';

interface Source {
  readonly engine: Engine;
  readonly look: string;
  readonly survey: string;
}

const sources: readonly Source[] = [
  {engine: podman, look: 'podman-5.4.2-look', survey: 'podman-5.4.2-survey'},
  {
    engine: docker,
    look: 'docker-26.1.5-look',
    survey: 'docker-26.1.5-survey',
  },
  {engine: runc, look: 'runc-1.1.15-look', survey: 'runc-1.1.15-survey'},
];

/** The host that the container is to go to, which says the truth, and has nothing of it. */
const honest = (survey: HostSurvey): HostSurvey => ({
  ...survey,
  ...{
    neighbours: [],
    weights: [],
    images: [],
    listening: [],
    units: [],
    landings: [],
    links: [],
  },
});

function isCommand(value: unknown): value is Command {
  return typeof value === 'object' && value !== null && Array.isArray((value as Command).argv);
}

/** Every command in what a lane would do, on whichever host. */
function commandsIn(value: unknown): readonly Command[] {
  if (isCommand(value)) return [value];
  if (value instanceof Map) return [...value.values()].flatMap(commandsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(commandsIn);
}

interface Told {
  readonly seen: readonly ObservedContainer[];
  readonly version: string;
  readonly survey: (arriving: readonly Mount[]) => HostSurvey | undefined;
}

/** What the two answers say, if they are believed. */
function told(
  {engine}: Source,
  look: string,
  survey: string,
  truth: Told | undefined,
): Told | undefined {
  const seen = engine.readLook(look);
  if (!seen.ok) return undefined;
  const {version, containers} = seen.value;
  return {
    ...{seen: containers, version},
    survey: (arriving) => {
      const leaving = truth?.seen ?? containers;
      const read = engine.readSurvey(survey, {leaving, arriving});
      return read.ok ? read.value : undefined;
    },
  };
}

/** What would be done with a container that the source tells of; nothing where it is refused. */
function commandsOf(
  engine: Engine,
  picked: ObservedContainer,
  strategy: Strategy,
  [source, target]: readonly [HostSurvey | undefined, HostSurvey | undefined],
  version: string,
): readonly Command[] {
  if (!source || !target) return [];
  const on = {engine: engine.name, look: {version, containers: []}};
  const planned = planMoves({
    plan: plan([container(picked.name, 'beta', {strategy: [strategy]})]),
    observed: observed(
      {...living('alpha', picked), engine: engine.name, survey: source},
      {...living('beta'), ...on, survey: honest(target)},
    ),
    engines: new Map([[engine.name, engine]]),
    ...{run: 'r1', at: '2026-01-01T00:00:00Z'},
  });
  return commandsIn(planned.graph);
}

const written = ({argv, stdin = ''}: Command): string => JSON.stringify([argv, stdin]);

interface Case {
  readonly source: Source;
  readonly truth: Told;
  readonly index: number;
  readonly strategy: Strategy;
  /** What is done when nobody lies. */
  readonly usual: ReadonlySet<string>;
}

/** Every container of the recordings with every strategy by which it can be moved. */
const cases: readonly Case[] = sources.flatMap((source) => {
  const truth = told(source, recording(source.look), recording(source.survey), undefined);
  if (!truth) throw new Error(`the recording of ${source.engine.name} is not believed`);
  return truth.seen.flatMap((picked, index) =>
    (['cold', 'stateful', 'pre-copy'] as const).flatMap((strategy) => {
      const survey = truth.survey(picked.mounts);
      const commands = commandsOf(source.engine, picked, strategy, [survey, survey], truth.version);
      const usual = new Set(commands.map(written));
      return commands.length === 0 ? [] : [{source, truth, index, strategy, usual}];
    }),
  );
});

interface Played {
  readonly isRefused: boolean;
  /** Those that a lie is in. */
  readonly commands: readonly Command[];
  readonly mounts: readonly string[];
}

/** One run whose source lies once, in its first answer or its second; what would be done then. */
function played({source, truth, index, strategy, usual}: Case, random: Random): Played {
  const refused = {isRefused: true, commands: [], mounts: []};
  const inLook = random.chance(0.8);
  const [look, survey] = [recording(source.look), recording(source.survey)];
  const lied = told(
    source,
    inLook ? variation(look, random, index) : look,
    inLook ? survey : variation(survey, random, index),
    truth,
  );
  const picked = lied?.seen[index];
  if (!lied || !picked) return refused;
  const surveys = [lied.survey(picked.mounts), truth.survey(picked.mounts)] as const;
  const commands = commandsOf(source.engine, picked, strategy, surveys, lied.version);
  return {
    isRefused: commands.length === 0,
    commands: commands.filter((each) => !usual.has(written(each))),
    mounts: picked.mounts.map((mount) => mount.source),
  };
}

/** What is the run's own on a host, or harmless: folders of `cm`, engines and runtimes, and of the mounts that the plan shows. */
const own =
  /^\/(?:run\/(?:cm|lock|netns)|var\/lib\/(?:cm|volumes|upper|static|docker|containers)|tmp|dev|proc)\//;

const isOwn = (file: string, mounts: readonly string[]): boolean =>
  own.test(file) ||
  mounts.some((mount) => !isPowerfulPath(mount, true) && file.startsWith(`${mount}/`));

test('what a command does outside is seen', () => {
  const bad = script(
    'bad',
    'touch "$1"; rm /root/precious/file; echo x >> /etc/hosts',
    '/root/new',
  );
  expect(touchedBy([[], [bad]])).toEqual([
    ...[
      [1, '/etc/hosts'],
      [1, '/root/new'],
      [1, '/root/precious/file'],
    ],
  ]);
});

test('a source that lies once in its answers changes nothing else on the target', () => {
  const random = new Random(20_261_130);
  const count = process.env['TEST_RING'] === 'all' ? 3000 : 150;
  const runs = Array.from({length: count}, () => played(random.pick(cases), random));
  const touched = touchedBy(runs.map(({commands}) => commands));
  const outside = touched.filter(([number, file]) => !isOwn(file, runs[number]?.mounts ?? []));
  const refused = runs.filter(({isRefused}) => isRefused).length;
  const obeyed = runs.filter(({commands}) => commands.length > 0).length;
  process.stdout.write(
    `${count} lies: ${refused} refused, ${obeyed} changed a command and were run, the others changed nothing; ${touched.length} files touched, ${outside.length} outside\n`,
  );
  expect(outside).toEqual([]);
  // else nothing would be shown
  expect(refused).toBeGreaterThan(0);
  expect(obeyed).toBeGreaterThan(0);
}, 600_000);
