import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {ChaosLab} from '../chaos/chaos-lab.js';
import {type FaultName, faultNames} from '../chaos/fault-names.js';
import {Chaos} from '../chaos/one-run.js';
import {scenarioOf} from '../chaos/scenario.js';
import {lineOf} from '../chaos/table.js';
import {why} from './rig.js';
import {limit} from '../rig/limits.js';
import {builtProgram} from '../rig/program.js';

const seed = 3;

/** Those that take most of a minute, and those that differ little from others; `npm run chaos` has them. */
const left: readonly FaultName[] = [
  ...(['link-30s-source', 'link-30s-target', 'link-cut-source', 'link-cut-target'] as const),
  ...(['none', 'link-1s-source', 'memory-full-target', 'criu-dump-hangs'] as const),
];
const quick = faultNames.filter((name) => !left.includes(name));

if (why !== undefined) {
  console.log(`chaos: not tried, since ${why}`);
  if (process.env['CI'] !== undefined)
    test('chaos can be tried where CI is set', () => expect.unreachable(why));
}

describe.runIf(why === undefined)(
  'a move in which something goes wrong',
  {timeout: limit(240)},
  () => {
    let folder: string;
    let lab: ChaosLab;
    let chaos: Chaos;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cm-proof-'));
      lab = await ChaosLab.open({
        name: `chaos${process.pid}`,
        program: builtProgram(),
        env: {XDG_STATE_HOME: join(folder, 'labs')},
        say: () => undefined,
      });
      chaos = new Chaos(lab, true);
    });

    afterAll(async () => {
      await lab.close();
      await rm(folder, {recursive: true, force: true});
    });

    const scenarios = quick.map((_, number) => scenarioOf(seed, number, quick));

    test.each(scenarios)('$fault, at $step, $strategy', async (scenario) => {
      const outcome = await chaos.run(scenario);
      expect(outcome.violations, lineOf(outcome)).toEqual([]);
      expect(outcome.struck, 'the fault has struck').toBeDefined();
    });
  },
);
