import {versionRecord} from '../../report/json/json-records.js';
import {parseArgs} from './args.js';
import {createContext, type Context} from '../session/context.js';
import {exits} from './exit.js';
import type {Invocation} from './invocation.js';
import type {Machine} from '../session/machine.js';
import {wantsColor} from './screen.js';
import {refuseUntrusted} from '../session/untrusted.js';

type Verb<Name extends Invocation['verb']> = (
  context: Context,
  invocation: Extract<Invocation, {readonly verb: Name}>,
) => Promise<number>;

/** Verbs are loaded when they are asked for, so that the cheap ones stay cheap. */
const verbs: {readonly [Name in Invocation['verb']]: () => Promise<Verb<Name>>} = {
  validate: async () => (await import('../verbs/validate/validate.js')).validate,
  plan: async () => (await import('../verbs/plan/plan.js')).plan,
  apply: async () => (await import('../verbs/apply/apply.js')).apply,
  watch: async () => (await import('../verbs/watch/watch.js')).watch,
  status: async () => (await import('../verbs/status/status.js')).status,
  graph: async () => (await import('../verbs/graph/graph.js')).graph,
  resume: async () => (await import('../verbs/restore/resume.js')).resume,
  rollback: async () => (await import('../verbs/restore/rollback.js')).rollback,
  restore: async () => (await import('../verbs/restore/restore.js')).restore,
  history: async () => (await import('../verbs/history/history.js')).history,
  diagnose: async () => (await import('../verbs/diagnose/diagnose.js')).diagnose,
  support: async () => (await import('../verbs/support/support.js')).support,
  doctor: async () => (await import('../verbs/doctor/doctor.js')).doctor,
  unlock: async () => (await import('../verbs/unlock/unlock.js')).unlock,
  checkpoint: async () => (await import('../verbs/checkpoint/checkpoint.js')).checkpoint,
  lab: async () => (await import('../verbs/lab/lab.js')).lab,
  completion: async () => (await import('../verbs/completion/completion.js')).completion,
  names: async () => (await import('../verbs/completion/completion.js')).names,
  runs: async () => (await import('../verbs/completion/completion.js')).runs,
};

async function dispatch<Name extends Invocation['verb']>(
  context: Context,
  name: Name,
  invocation: Extract<Invocation, {readonly verb: Name}>,
): Promise<number> {
  const verb = await verbs[name]();
  return verb(context, invocation);
}

/** These bring what runs to a safe point by themselves; the others only read, and can be left at once. */
const isPatient = ({verb}: Invocation): boolean =>
  ['apply', 'resume', 'rollback', 'watch', 'unlock', 'checkpoint', 'restore', 'lab'].includes(verb);

/** These print what another program reads, in its own language. */
const isRaw = ({verb}: Invocation): boolean =>
  ['completion', 'names', 'runs', 'lab'].includes(verb);

/** 130 or 143: whoever reads the exit code wants to know which signal it was. */
const exitOfSignal = ({reason}: AbortSignal): number =>
  typeof reason === 'number' ? reason : exits.interrupted;

const aborted = (signal: AbortSignal): Promise<number> =>
  new Promise((resolve) => {
    const leave = (): void => {
      resolve(exitOfSignal(signal));
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, {once: true});
  });

async function work(context: Context, invocation: Invocation): Promise<number> {
  const {stop} = context.machine;
  const done = dispatch(context, invocation.verb, invocation);
  if (!isPatient(invocation)) return Promise.race([done, aborted(stop)]);
  const exit = await done;
  return exit === exits.interrupted && stop.aborted ? exitOfSignal(stop) : exit;
}

/** One command line, from words to exit code. */
export async function runCli(machine: Machine): Promise<number> {
  const {argv, env, stdout, stderr} = machine;
  const color = wantsColor(stdout, env, undefined) && !argv.includes('--no-color');
  const parsed = parseArgs(argv, env, {color, columns: stdout.columns ?? 80});
  if (parsed.kind === 'said') {
    stdout.write(parsed.stdout);
    stderr.write(parsed.stderr);
    return parsed.exit;
  }
  const {invocation, globals} = parsed;
  const context = createContext(machine, globals, invocation);
  const {printer} = context;
  const tellsRecords = printer.json && !isRaw(invocation);
  if (tellsRecords) printer.record(versionRecord(await context.provenance()));
  const refused =
    context.untrusted === undefined ? undefined : refuseUntrusted(invocation, context.untrusted);
  const exit = refused ? context.fail([refused]) : await work(context, invocation);
  if (tellsRecords) printer.end(invocation.verb, exit);
  return exit;
}
