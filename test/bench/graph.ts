import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import type {Planned} from '../../src/planner/change.js';
import {systemClock} from '../../src/cli/session/clock.js';
import {command} from '../../src/base/command.js';
import {ok} from '../../src/base/result.js';
import {openTransports} from '../../src/hosts/open.js';
import type {Step} from '../../src/planner/steps/step.js';
import type {Plan} from '../../src/plan/plan.js';
import {imageName} from '../../src/lab/lab.js';
import {sshConfigOf} from '../../src/lab/lab-state.js';
import {LeaseKeeper} from '../../src/run/lease-keeper.js';
import {perform} from '../../src/run/execute/perform.js';
import {schedule} from '../../src/run/execute/schedule.js';
import {type BenchLab, hosts, must} from './bench-lab.js';
import {childFile, inTurn, timed} from './child.js';
import {planOffline, readPlan} from './made-up-world.js';
import type {Recorder} from './recorder.js';
import {planOf} from './start.js';
import {median} from './statistics.js';

/** A made-up world in which something is refused has fewer steps than were meant, and would measure another thing. */
function planFor(plan: Plan, moving: number): Planned {
  const planned = planOffline(plan, moving);
  const {length} = planned.graph.lanes;
  if (length !== moving) throw new Error(`${length} of ${moving} containers would be moved`);
  return planned;
}

const stepsOf = ({graph}: Planned): readonly Step[] => graph.lanes.flatMap(({steps}) => steps);

/** The very same steps, for ninja; what a lane waits for is waited for by its first step. */
function ninjaOf({graph}: Planned): {readonly text: string; readonly needs: number} {
  const last = new Map(
    graph.lanes.map(({container, steps}) => [container, steps.at(-1)?.id ?? '']),
  );
  let needs = 0;
  const lines = graph.lanes.flatMap(({after, steps}) =>
    steps.map(({id, needs: own}, index) => {
      const all = [...own, ...(index > 0 ? [] : after.map((each) => last.get(each) ?? ''))];
      needs += all.length;
      return `build ${id}: step ${all.join(' ')}`;
    }),
  );
  const text = ['rule step', '  command = true $out', ...lines, ''].join('\n');
  return {text, needs};
}

async function ninja(recorder: Recorder): Promise<boolean> {
  const there = await execa('ninja', ['--version'], {reject: false});
  if (there.exitCode === 0) {
    recorder.say('ninja', there.stdout);
    return true;
  }
  recorder.miss(
    'C1 (cm plan against ninja -n): there is no ninja here; apt-get install ninja-build',
  );
  return false;
}

/** Reading a plan of 1,000 containers and making 10,000 steps of it, against ninja and the same steps. */
async function benchPlan(pairs: number, recorder: Recorder): Promise<void> {
  if (!(await ninja(recorder))) return;
  const folder = mkdtempSync(join(tmpdir(), 'cm-bench-'));
  try {
    const file = join(folder, 'many.yaml');
    const text = planOf(1000);
    writeFileSync(file, text);
    const plan = await readPlan(file, text);
    const each = stepsOf(planFor(plan, 1)).length;
    const moving = Math.round(10_000 / each);
    const planned = planFor(plan, moving);
    const equal = ninjaOf(planned);
    writeFileSync(join(folder, 'build.ninja'), equal.text);
    const words = [childFile('offline-plan'), file, `${moving}`];
    const size = `${stepsOf(planned).length} steps, ${equal.needs} needs`;
    const measured = await inTurn(
      pairs,
      () => timed(process.execPath, words).ms,
      () => timed('ninja', ['-n', '-C', folder]).ms,
    );
    recorder.put({
      comparisons: [
        {
          id: 'C1',
          what: `plan only, offline, 1,000 containers in YAML, ${size}`,
          ours: "cm plan's work in a process of its own, hosts' answers made up",
          theirs: 'ninja -n',
          ...{...measured, goal: 12, aim: 7},
        },
      ],
    });
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** The planner alone, from a plan that is read and hosts that have answered. */
async function benchScaling(recorder: Recorder): Promise<void> {
  const small = await readPlan('x', planOf(1));
  const each = stepsOf(planFor(small, 1)).length;
  const times: {readonly steps: number; readonly ms: number}[] = [];
  for (const [steps, tries] of [
    [1000, 15],
    [10_000, 5],
    [100_000, 1],
  ] as const) {
    const containers = Math.round(steps / each);
    const plan = await readPlan('x', planOf(containers));
    // Time of the CPU: what others do on the machine is not in it.
    const taken = Array.from({length: tries}, () => {
      const before = process.cpuUsage();
      planFor(plan, containers);
      const {user, system} = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    times.push({steps, ms: median(taken)});
    console.error(`  planner, ${steps} steps: ${median(taken).toFixed(1)} ms`);
  }
  const ratio = (of: number): number => {
    const [more, less] = [times[of], times[of - 1]];
    return Math.round((10 * (more?.ms ?? 0)) / (less?.ms ?? 1)) / 10;
  };
  const note = `in process, CPU; medians ${times.map(({steps, ms}) => `${ms.toFixed(1)} ms (${steps})`).join(', ')}`;
  recorder.put({
    figures: [
      {
        id: 'C1d/10k',
        what: 'planner, 10,000 steps / 1,000',
        value: ratio(1),
        unit: '×',
        note,
        goal: 15,
      },
      {
        id: 'C1d/100k',
        what: 'planner, 100,000 steps / 10,000',
        value: ratio(2),
        unit: '×',
        note,
        goal: 15,
      },
    ],
  });
}

const createText = `image=$1 first=$2 last=$3
i=$first
while [ $i -le $last ]; do podman create --name "web-$i" "$image" >/dev/null; i=$((i + 1)); done`;

/** Nothing to do for so many containers on each host, against a shell that only looks. */
async function benchNothing(lab: BenchLab, pairs: number, each: number, recorder: Recorder) {
  console.error(`no-op, ${each} containers on each host`);
  await Promise.all(
    hosts.map((host, i) =>
      lab.shell(host, createText, imageName('redis'), `${i * each}`, `${(i + 1) * each - 1}`),
    ),
  );
  const entries = Array.from(
    {length: 2 * each},
    (_, i) => `  web-${i}: {on: ${hosts[i < each ? 0 : 1]}}\n`,
  );
  const plan = await lab.plan('nothing', `containers:\n${entries.join('')}`);
  const config = sshConfigOf(lab.lab);
  const mux = mkdtempSync(join(tmpdir(), 'cm-bench-'));
  const ssh = (words: readonly string[]) =>
    execa('ssh', ['-F', config, ...words], {timeout: 30_000});
  try {
    for (const host of hosts) await ssh(['-fNM', '-S', join(mux, host), host]);
    const measured = await inTurn(
      pairs,
      async () => {
        const ran = await lab.cm(['apply', plan, '--yes', '--json']);
        const settled = ran.containers.filter(({outcome}) => outcome === 'settled').length;
        if (settled !== 2 * each)
          throw new Error(`${settled} of ${2 * each} containers are settled`);
        return ran.tookMs;
      },
      () => timed('sh', ['test/bench/look.sh', config, mux, ...hosts]).ms,
    );
    recorder.put({
      comparisons: [
        {
          id: 'C2',
          what: `nothing to do for ${2 * each} containers (created, not running) on 2 hosts`,
          ours: 'cm apply, connections and all',
          theirs: 'podman ps by ssh to both at once, connections open before',
          ...{...measured, goal: 2, aim: 1.5},
        },
      ],
    });
    for (const host of hosts) await ssh(['-S', join(mux, host), '-O', 'exit', host]);
  } finally {
    rmSync(mux, {recursive: true, force: true});
  }
  await lab.onAll('podman rm --all --force --time 0 >/dev/null');
}

/** So many steps on one host, one after the other, by cm's own scheduler and connection, which is open. */
async function runSteps(lab: BenchLab, count: number): Promise<number> {
  const env = {
    variables: process.env,
    home: process.env['HOME'] ?? '/root',
    user: userInfo().username,
  };
  const ssh = {config: sshConfigOf(lab.lab)};
  const transports = openTransports([{name: 'alpha', address: 'alpha', labels: {}, ssh}], env);
  const transportOf = (name: string) => transports.get(name);
  const runner = must(await transportOf('alpha'));
  const step = (index: number): Step => ({
    ...{id: `${index}`, lane: 'web', title: 'true', host: 'alpha', because: ''},
    needs: index === 0 ? [] : [`${index - 1}`],
    act: {kind: 'run', host: 'alpha', command: command('true')},
  });
  const steps = Array.from({length: count}, (_, index) => step(index));
  const lane = {
    container: 'web',
    kind: 'move',
    from: 'alpha',
    to: 'alpha',
    after: [],
    steps,
    onFailure: [],
    onRollback: [],
  } as const;
  const who = {run: 'bench', owner: 'bench', plan: 'bench'};
  const leases = new LeaseKeeper({
    transportOf,
    clock: systemClock,
    who,
    lockWaitMs: 0,
    warn: () => undefined,
  });
  const stage = {
    ...{transportOf, runner, clock: systemClock, leases, links: new Map(), say: () => undefined},
    openLink: () => Promise.reject(new Error('no link is needed')),
    fingerprintOf: () => Promise.resolve(ok('')),
    figuresOf: () => undefined,
  };
  try {
    must(await runner.run(command('true')));
    const began = performance.now();
    const ran = await schedule(
      {lanes: [lane], limits: {parallel: 4, perHost: 2}},
      {perform: (act, cue) => perform(stage, act, cue), clock: systemClock, say: () => undefined},
    );
    const ms = performance.now() - began;
    if (ran.exit !== 0) throw new Error(JSON.stringify(ran.lanes[0]?.problem));
    return ms;
  } finally {
    leases.close();
    await transports.close();
  }
}

async function benchPerStep(lab: BenchLab, pairs: number, recorder: Recorder): Promise<void> {
  console.error('100 steps on one host');
  const count = 100;
  const byShell = (): number =>
    Number(
      timed('bash', ['test/bench/per-step.sh', sshConfigOf(lab.lab), 'alpha', `${count}`]).stdout,
    ) / 1000;
  const measured = await inTurn(pairs, () => runSteps(lab, count), byShell);
  recorder.put({
    comparisons: [
      {
        ...{id: 'C3', what: '100 steps "true" on one host, connection open', ...measured},
        ...{
          ours: "cm's scheduler and transport, in process",
          theirs: 'ssh -S mux in a loop of bash',
        },
        ...{goal: 1.5, aim: 1.2},
      },
    ],
  });
}

/** Making graphs, and going through them. */
export async function benchGraph(lab: BenchLab, pairs: number, each: number, recorder: Recorder) {
  await benchPlan(pairs, recorder);
  await benchScaling(recorder);
  await benchPerStep(lab, pairs, recorder);
  await benchNothing(lab, pairs, each, recorder);
}
