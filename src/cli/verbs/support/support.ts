import type {Problem} from '../../../base/problem.js';
import {secretsOf} from '../../../diagnose/redact-inspect.js';
import {renderSupport} from '../../../report/text/support-text.js';
import type {KeptRun} from '../../../state/runner/run-files.js';
import {askYes, cannotAsk} from '../../command-line/ask.js';
import {systemClock} from '../../session/clock.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import {findRun} from '../../session/find-run.js';
import {stateFolder} from '../../session/state-folder.js';
import {supportOfHosts} from './hosts.js';
import {cleanFiles, pack, type Clean, type Raw} from './pack.js';
import {supportOfRun, type OfRun} from './run.js';
import {isTaken, writeNew} from './write.js';

export interface SupportOptions {
  readonly run?: string;
  readonly out?: string;
  /** Where the plan of that run is now. */
  readonly plan?: string;
  readonly yes: boolean;
}

const declined: Problem = {
  kind: 'declined',
  code: 'declined',
  message: 'the archive was not approved; nothing was written',
};

const noRun: Problem = {
  kind: 'plan',
  code: 'no-such-run',
  message: 'no such run is kept on this machine',
  remedy: 'see them all with "cm history"',
};

const readme = (kept: KeptRun, notes: readonly string[], dark: readonly Problem[]): Raw => ({
  name: 'README.txt',
  text: [
    `What cm gathered about its run ${kept.run}. Secrets stand as ***; what looked like one was taken for one.`,
    'run/ what cm did, plan/ what it was told, hosts/ what the hosts say of themselves now.',
    ...notes,
    ...dark.map(({host = '?', message}) => `host "${host}" could not be asked: ${message}`),
    '',
  ].join('\n'),
});

/** Values that the plan took from this runner's environment. */
const valuesOf = ({machine}: Context, {files}: OfRun): readonly string[] => {
  const plans = files.filter(({name}) => name.startsWith('plan/'));
  const names = plans.flatMap(({text}) =>
    [...text.matchAll(/\$\{(?<name>[A-Za-z_]\w{0,100})/gu)].map(
      ({groups}) => groups?.['name'] ?? '',
    ),
  );
  return secretsOf(names.map((name) => ({name, value: machine.env[name] ?? ''})));
};

interface Gathered {
  readonly files: readonly Clean[];
  readonly dark: readonly Problem[];
}

async function gather(context: Context, kept: KeptRun, asked: SupportOptions): Promise<Gathered> {
  const ofRun = await supportOfRun(context, kept, asked.plan);
  const {plan, notes} = ofRun;
  const hosts = plan && (await supportOfHosts(context, kept, plan));
  const dark = hosts?.dark ?? [];
  const secrets = [...secretsOf(hosts?.variables ?? []), ...valuesOf(context, ofRun)];
  const all = [readme(kept, notes, dark), ...ofRun.files, ...(hosts?.files ?? [])];
  for (const note of notes) context.printer.note(note);
  return {files: cleanFiles(all, secrets), dark};
}

async function mayWrite({machine}: Context, out: string): Promise<Problem | undefined> {
  const refusal = cannotAsk(machine, 'support', 'asks before it writes the archive');
  if (refusal) return refusal;
  return (await askYes(machine, `write ${out}?`)) ? undefined : declined;
}

function show({printer}: Context, out: string, {files, dark}: Gathered): void {
  const listed = files.map(({name, content, redactions}) => ({
    name,
    bytes: content.length,
    redactions,
  }));
  for (const each of listed) printer.record({type: 'support-file', ...each});
  if (printer.json) printer.problems(dark, 'warning');
  printer.result(renderSupport(out, listed, dark, printer.options.outAbility));
  const redactions = listed.reduce((total, each) => total + each.redactions, 0);
  printer.total({files: files.length, redactions, dark: dark.flatMap(({host}) => host ?? [])});
}

/** `cm support`: one archive with what an engine's maintainers ask for; shown before it is written. */
export async function support(context: Context, asked: SupportOptions): Promise<number> {
  const {machine, home, printer} = context;
  const found = await findRun(stateFolder(machine.env, home), asked.run);
  if (!found.ok) return context.fail([found.error]);
  const kept = found.value;
  if (!kept) return context.fail([noRun]);
  const folder = `cm-support-${kept.run}`;
  const out = asked.out ?? `${folder}.tar.gz`;
  const taken = await isTaken(machine.cwd, out);
  if (taken) return context.fail([taken]);
  printer.note('asking the hosts; nothing is changed there …');
  const gathered = await gather(context, kept, asked);
  show(context, out, gathered);
  const refusal = asked.yes ? undefined : await mayWrite(context, out);
  if (refusal) return context.fail([refusal]);
  const archive = await pack(folder, gathered.files, Math.floor(systemClock.now() / 1000));
  const unwritten = await writeNew(machine.cwd, out, archive);
  if (unwritten) return context.fail([unwritten]);
  printer.total({run: kept.run, out, bytes: archive.length});
  printer.note(`written: ${out} (${archive.length} bytes)`);
  return exits.done;
}
