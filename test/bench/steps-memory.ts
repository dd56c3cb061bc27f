import {enginesOf} from '../../src/engines/registry.js';
import {readFileSync} from 'node:fs';
import {ok} from '../../src/base/result.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {questions} from '../../src/planner/questions.js';
import {apply} from '../../src/run/apply.js';
import {systemClock} from '../../src/cli/session/clock.js';
import {container, plan} from '../planner/world.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {FakeWorld} from '../rig/fake-world.js';

// A run of so many steps in a world that is all in memory, as a process of its own: the steps, and the most memory it had.
const wanted = Number(process.argv[2]);

/** Of one stateful move, about; how many they were is counted. */
const stepsEach = 25;

const world = new FakeWorld(['alpha', 'beta']);
const transportOf = (name: string) => Promise.resolve(ok(world.transport(name)));
let settled = 0;

async function run(count: number): Promise<void> {
  settled = 0;
  const names = Array.from({length: count}, (_, i) => `web-${i}`);
  for (const [i, name] of names.entries())
    world.host('alpha').containers.set(name, {
      ...{id: `id-${i}`, state: 'running', restored: false, memory: 1, policy: 'always'},
    });
  const report = await apply({
    plan: plan(names.map((name) => container(name, 'beta', {strategy: ['stateful']}))),
    ...{run: 'bench', owner: 'me', lockWaitMs: 0},
    provenance: {cm: '0', node: '20', runner: 'me'},
    looking: {transportOf, engines: enginesOf([fakeEngine]), clock: systemClock},
    planner: {questions, planMoves},
    runner: world.transport('alpha'),
    openLink: (from, to, {receivers}) =>
      Promise.resolve(ok(world.link(from.host, to.host, receivers))),
    figuresOf: () => undefined,
    approve: () => Promise.resolve(true),
    say: ({type}) => {
      if (type === 'step-settled') settled += 1;
    },
  });
  if (report.exit !== 0) throw new Error(JSON.stringify(report.problems));
}

await run(Math.max(1, Math.round(wanted / stepsEach)));
const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
console.log(JSON.stringify({steps: settled, peakKiB: Number(peak)}));
