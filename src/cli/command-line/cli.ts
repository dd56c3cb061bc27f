import {versionRecord} from '../../report/json/json-records.js';
import {parseArgs} from './args.js';
import {createContext, type Context, type OpenListener} from '../session/context.js';
import {exits} from './exit.js';
import type {Machine} from '../session/machine.js';
import {wantsColor} from './screen.js';
import type {Task, Verb} from './verb.js';
import {refuseUntrusted} from '../session/untrusted.js';

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

async function work(context: Context, task: Task): Promise<number> {
  const {stop} = context.machine;
  const done = task.run(context);
  if (!task.patient) return Promise.race([done, aborted(stop)]);
  const exit = await done;
  return exit === exits.interrupted && stop.aborted ? exitOfSignal(stop) : exit;
}

/** What the program is made of. */
export interface Parts {
  readonly verbs: readonly Verb[];
  readonly listeners: readonly OpenListener[];
}

/** One command line, from words to exit code. */
export async function runCli(machine: Machine, {verbs, listeners}: Parts): Promise<number> {
  const {argv, env, stdout, stderr} = machine;
  const color = wantsColor(stdout, env, undefined) && !argv.includes('--no-color');
  const parsed = parseArgs(argv, {env, style: {color, columns: stdout.columns ?? 80}, verbs});
  if (parsed.kind === 'said') {
    stdout.write(parsed.stdout);
    stderr.write(parsed.stderr);
    return parsed.exit;
  }
  const {task, globals, program} = parsed;
  const {words, options} = task;
  const context = createContext(machine, {globals, program, listeners, words, options});
  const {printer} = context;
  const tellsRecords = printer.json && !task.raw;
  if (tellsRecords) printer.record(versionRecord(await context.provenance()));
  const refused =
    context.untrusted === undefined ? undefined : refuseUntrusted(task, context.untrusted);
  const exit = refused ? context.fail([refused]) : await work(context, task);
  if (tellsRecords) printer.end(words[0] ?? '', exit);
  return exit;
}
