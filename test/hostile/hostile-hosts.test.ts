import {enginesOf} from '../../src/engines/registry.js';
import {expect, test} from 'vitest';
import {script, type Command} from '../../src/base/command.js';
import {docker} from '../../src/engines/docker/docker.js';
import type {Engine} from '../../src/engines/engine.js';
import type {HostSurvey, Mount, ObservedContainer} from '../../src/engines/facts.js';
import {podman} from '../../src/engines/podman/podman.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {isPowerfulPath} from '../../src/planner/claims/powerful-paths.js';
import type {Hooks, Strategy} from '../../src/plan/plan.js';
import {Random} from '../fuzz/random.js';
import type {MoveRecord} from '../../src/state/host/observed.js';
import {container, living, observed, plan, record} from '../planner/world.js';
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

/** The host that the container is to go to has nothing of it; where it lies, what it tells of its images counts. */
const target = (survey: HostSurvey, liar: Liar): HostSurvey => ({
  ...survey,
  neighbours: [],
  weights: [],
  images: liar === 'target' ? survey.images : [],
  listening: [],
  units: [],
  landings: [],
  links: [],
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

type Liar = 'source' | 'target';

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

interface World {
  readonly source: HostSurvey | undefined;
  readonly target: HostSurvey | undefined;
  readonly liar: Liar;
  /** Versions that source and target tell. */
  readonly versions: readonly [string, string];
  /** What the target claims to have of the container already, and of its moves. */
  readonly claimed?: {
    readonly containers: readonly ObservedContainer[];
    readonly records: readonly MoveRecord[];
  };
}

/** What would be done with a container that the source tells of; nothing where it is refused. */
function commandsOf(
  engine: Engine,
  picked: ObservedContainer,
  strategy: Strategy,
  world: World,
  hooks: Hooks = {},
): readonly Command[] {
  if (!world.source || !world.target) return [];
  const [here, there] = world.versions;
  const {containers = [], records = []} = world.claimed ?? {};
  const planned = planMoves({
    plan: plan([container(picked.name, 'beta', {strategy: [strategy], hooks})]),
    observed: observed(
      {
        ...living('alpha', picked),
        engine: engine.name,
        look: {version: here, containers: [picked]},
        survey: world.source,
      },
      {
        ...living('beta'),
        engine: engine.name,
        look: {version: there, containers},
        records,
        survey: target(world.target, world.liar),
      },
    ),
    engines: enginesOf([engine]),
    ...{run: 'r1', at: '2026-01-01T00:00:00Z'},
  });
  return commandsIn(planned.graph);
}

const written = ({argv, stdin = ''}: Command): string => JSON.stringify([argv, stdin]);

interface Case {
  readonly source: Source;
  readonly liar: Liar;
  readonly truth: Told;
  readonly picked: ObservedContainer;
  readonly index: number;
  readonly strategy: Strategy;
  /** What is done when nobody lies. */
  readonly usual: ReadonlySet<string>;
}

/** Every container of the recordings with every strategy by which it can be moved. */
const casesOf = (liar: Liar): readonly Case[] =>
  sources.flatMap((source) => {
    const truth = told(source, recording(source.look), recording(source.survey), undefined);
    if (!truth) throw new Error(`the recording of ${source.engine.name} is not believed`);
    return truth.seen.flatMap((picked, index) =>
      (['cold', 'stateful', 'pre-copy'] as const).flatMap((strategy) => {
        const survey = truth.survey(picked.mounts);
        const versions = [truth.version, truth.version] as const;
        const world = {source: survey, target: survey, liar, versions};
        const commands = commandsOf(source.engine, picked, strategy, world);
        const usual = new Set(commands.map(written));
        return commands.length === 0 ? [] : [{source, liar, truth, picked, index, strategy, usual}];
      }),
    );
  });

interface Played {
  readonly isRefused: boolean;
  /** Those that a lie is in. */
  readonly commands: readonly Command[];
  readonly mounts: readonly string[];
}

/** What a target may write down of a container that it never had, or had; it does so in half of all cases. */
function recordsOf(
  {id, name}: ObservedContainer,
  strategy: Strategy,
  random: Random,
): readonly MoveRecord[] {
  if (random.chance(0.5)) return [];
  const phase = random.pick(['arriving', 'arrived', 'leaving', 'left', 'parked'] as const);
  const kept = {
    id: '20260101T000000Z-0000aa',
    folder: random.pick(['/root/precious', '/var/lib/cm/checkpoints/x']),
  };
  return [
    record(phase, {
      ...{container: name, id: random.pick([id, 'f'.repeat(64)]), strategy},
      run: random.pick(['r1', '20260101-000000-dead']),
      ...(phase === 'parked' && {kept}),
    }),
  ];
}

/** Both hosts as they tell of themselves, of which one lies. */
function worldOf(
  {liar, truth, index, strategy}: Case,
  lied: Told,
  picked: ObservedContainer,
  random: Random,
): World {
  const surveys = {lied: lied.survey(picked.mounts), truth: truth.survey(picked.mounts)};
  if (liar === 'source') {
    const versions = [lied.version, truth.version] as const;
    return {source: surveys.lied, target: surveys.truth, liar, versions};
  }
  const there = lied.seen[index];
  const claims = there?.name === picked.name && random.chance(0.5);
  const claimed = {containers: claims ? [there] : [], records: recordsOf(picked, strategy, random)};
  const versions = [truth.version, lied.version] as const;
  return {source: surveys.truth, target: surveys.lied, liar, claimed, versions};
}

/** One run in which a host lies once, in its first answer or its second; what would be done then. */
function played(each: Case, random: Random): Played {
  const {source, liar, truth, index, strategy, usual} = each;
  const refused = {isRefused: true, commands: [], mounts: []};
  const inLook = random.chance(0.8);
  const [look, survey] = [recording(source.look), recording(source.survey)];
  const lied = told(
    source,
    inLook ? variation(look, random, index) : look,
    inLook ? survey : variation(survey, random, index),
    truth,
  );
  const picked = liar === 'source' ? lied?.seen[index] : each.picked;
  // The plan names what is to be moved.
  if (!lied || picked?.name !== each.picked.name) return refused;
  const world = worldOf(each, lied, picked, random);
  const commands = commandsOf(source.engine, picked, strategy, world);
  return {
    isRefused: commands.length === 0,
    commands: commands.filter((command) => !usual.has(written(command))),
    mounts: picked.mounts.map((mount) => mount.source),
  };
}

/** What is the run's own on a host, or harmless: folders of `cm`, engines and runtimes, and of the mounts that the plan shows. */
const own =
  /^\/(?:run\/(?:cm|lock|netns)|var\/lib\/(?:cm|volumes|upper|static|docker|containers)|tmp|dev|proc)\//;

const isOwn = (file: string, mounts: readonly string[]): boolean =>
  own.test(file) ||
  mounts.some((mount) => !isPowerfulPath(mount, true) && file.startsWith(`${mount}/`));

const marker = 'hunter2-marker';

/** The recording of a look in which every container has secrets where a user can put one. */
const withSecrets = (look: string): string =>
  look
    .replaceAll(/"(Env|env)": \[/g, `"$1": ["PASSWORD=${marker}", "KEY=a\\n${marker}",`)
    .replaceAll(
      /"(Labels|Annotations)": \{(\s*\}?)/g,
      (_, key: string, end: string) =>
        `"${key}": {"token": "${marker}"${end.includes('}') ? '}' : `,${end}`}`,
    );

test('no command line of a whole move has the value of a variable, of a label, or of a hook', () => {
  const places = ['runner', 'source', 'target', 'container'] as const;
  const hook = places.map((on) => ({
    ...{
      run: ['true'] as const,
      on,
      timeoutMs: 1000,
      onFailure: 'stop' as const,
      env: {TOKEN: marker},
    },
  }));
  const hooks: Hooks = {before: hook, afterRestore: hook, after: hook, onFailure: hook};
  let [moves, words] = [0, 0];
  for (const {source, picked, index, strategy, truth} of casesOf('source')) {
    const look = withSecrets(recording(source.look));
    const lied = told(source, look, recording(source.survey), truth);
    const found = lied?.seen[index];
    expect(JSON.stringify(found?.raw)).toContain(marker);
    if (!lied || !found) throw new Error(picked.name);
    const survey = lied.survey(found.mounts);
    const versions = [lied.version, lied.version] as const;
    const world = {source: survey, target: survey, liar: 'source', versions} as const;
    const commands = commandsOf(source.engine, found, strategy, world, hooks);
    expect(
      commands.some(({stdin}) => stdin?.includes(marker) ?? false) || commands.length > 0,
    ).toBe(true);
    for (const {argv} of commands) {
      words += argv.length;
      expect(argv.filter((each) => each.includes(marker))).toEqual([]);
    }
    moves += 1;
  }
  process.stdout.write(`${moves} moves, ${words} words of commands: none has a secret\n`);
  expect(moves).toBeGreaterThan(10);
});

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

test('what a command does to others is seen', () => {
  const stop = script(
    'stop',
    'podman stop precious; podman untag localhost/prod/db:1 localhost/prod/db:1; podman container exists precious',
  );
  const kill = script(
    'kill',
    'kill -9 $(grep -ls containerd-shim /proc/[0-9]*/comm | cut -d / -f 3)',
  );
  const key = script('key', 'echo key >> /root/.ssh/authorized_keys');
  expect(
    touchedBy([[stop], [kill], [key], [script('look', 'podman container inspect precious')]]),
  ).toEqual([
    [0, '/objects/localhost_prod_db:1'],
    [0, '/objects/precious'],
    [1, '/processes/containerd-shim'],
    [2, '/root/.ssh/authorized_keys'],
  ]);
});

test.each(['source', 'target'] as const)(
  'a %s that lies once in its answers changes nothing else on the other host',
  (liar) => {
    const random = new Random(20_261_130);
    const cases = casesOf(liar);
    const count = process.env['TEST_RING'] === 'all' ? 3000 : 150;
    const runs = Array.from({length: count}, () => played(random.pick(cases), random));
    const touched = touchedBy(runs.map(({commands}) => commands));
    const outside = touched.filter(([number, file]) => !isOwn(file, runs[number]?.mounts ?? []));
    const refused = runs.filter(({isRefused}) => isRefused).length;
    const obeyed = runs.filter(({commands}) => commands.length > 0).length;
    process.stdout.write(
      `${count} lies of the ${liar}: ${refused} refused, ${obeyed} changed a command and were run, the others changed nothing; ${touched.length} files touched, ${outside.length} outside\n`,
    );
    expect(outside).toEqual([]);
    // else nothing would be shown
    expect(refused).toBeGreaterThan(0);
    if (liar === 'source') expect(obeyed).toBeGreaterThan(0);
    expect(refused).toBeLessThan(count);
  },
  600_000,
);
