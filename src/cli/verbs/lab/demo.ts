import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {demo, demoDown} from '../../../lab/demo/demo.js';
import type {LabPlace} from '../../../lab/place.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import {done} from './host.js';
import {stateFolder} from '../../session/state-folder.js';

/** Runs this very program again, on the same terminal. */
function runSelf(
  {machine}: Context,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(machine.program.node, [machine.program.script, ...args], {
      stdio: 'inherit',
      cwd: machine.cwd,
      env: {...machine.env, ...env},
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? exits.failed);
    });
  });
}

/** `cm lab demo`: everything in it is real, and the apply in it is this program's own. */
export async function showDemo(
  context: Context,
  place: LabPlace,
  remove: boolean,
): Promise<number> {
  const {machine, printer, home} = context;
  if (remove) {
    const removed = await demoDown(place);
    if (removed.ok) printer.result(removed.value.map((what) => `removed ${what}`).join('\n'));
    return done(context, removed);
  }
  const shown = await demo({
    place,
    say: (line) => {
      printer.result(line);
    },
    runCm: (args, env) => runSelf(context, args, env),
    called: 'cm',
    planFile: 'plans/evacuate.yaml',
    runsFolder: join(stateFolder(machine.env, home), 'runs'),
  });
  return done(context, shown);
}
