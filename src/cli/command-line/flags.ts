import {
  Argument,
  InvalidArgumentError,
  Option,
  type CommandUnknownOpts,
} from '@commander-js/extra-typings';
import type {ConfirmedRunFlags, PlanFlags, RunFlags} from './options.js';
import {strategies, type Strategy} from '../../base/strategy.js';
import {parseDuration} from '../../base/units.js';

const collect = (value: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  value,
];

function duration(text: string): number {
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('write a duration such as 90s or 5m');
  return ms;
}

export function count(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/u.test(text))
    throw new InvalidArgumentError('write a number from 1 to 9999');
  return Number(text);
}

function ladder(text: string): readonly Strategy[] {
  const names = text.split(',');
  const known = names.flatMap((name) => strategies.find((each) => each === name) ?? []);
  if (known.length < names.length || new Set(names).size < names.length)
    throw new InvalidArgumentError(`write some of ${strategies.join(', ')}, with commas between`);
  return known;
}

const none: readonly string[] = [];

function collectPlace(value: string, previous: readonly string[]): readonly string[] {
  if (value !== 'runner') throw new InvalidArgumentError('write runner');
  return [...previous, value];
}

/** Flags that several verbs have; each is the same everywhere. */
export const flags = {
  only: new Option('--only <name>', 'only this container (repeatable)')
    .argParser(collect)
    .default(none, 'all'),
  exclude: new Option('--exclude <name>', 'all but this container (repeatable)')
    .argParser(collect)
    .default(none, 'none'),
  concurrency: new Option(
    '--concurrency <n>',
    'number of changes at the same time; default: from the plan',
  ).argParser(count),
  explain: new Option('--explain', 'explain why each step is there, and why others are not'),
  lockWait: new Option('--lock-wait <duration>', 'wait this long for the lock of another run')
    .argParser(duration)
    .default(0, 'not at all'),
  view: new Option('--view <kind>', 'progress display; default: live on a terminal').choices([
    'live',
    'lines',
  ]),
  yes: new Option('-y, --yes', 'do not ask for confirmation'),
  autoApprove: new Option('--auto-approve', 'the same as --yes').hideHelp(),
  detailed: new Option('--detailed-exitcode', 'exit 2 when there are changes'),
  allowHooks: new Option('--allow-hooks <where>', 'allow hooks that run on this machine')
    .argParser(collectPlace)
    .default(none, 'not'),
  interval: new Option('--interval <duration>', 'time between two checks').argParser(duration),
  format: new Option('--format <kind>', 'output format')
    .choices(['text', 'mermaid', 'dot'])
    .default('text' as const),
  out: new Option('--out <file>', 'save the plan; "cm apply <file>" asks, and does exactly that'),
  archive: new Option('--out <file>', 'the archive; default: cm-support-RUN.tar.gz'),
  planNow: new Option('--plan <file>', 'path of the plan now; default: as in that run'),
  file: new Option('-f, --file <file>', 'plan file or folder (repeatable)')
    .argParser(collect)
    .default(none, 'plans/'),
  pairs: new Option('--pairs', 'check every pair of hosts, however many there are'),
  onHost: new Option('--on <host>', 'target host; default: the current one'),
  as: new Option('--as <name>', 'restore into a second container of this name'),
  stop: new Option('--stop', 'park it: stop it, and continue from this checkpoint later'),
  note: new Option('--note <text>', 'why you keep it'),
  select: new Option(
    '--select <name>',
    'only this container, pattern such as "web-*", or compose project (repeatable)',
  )
    .argParser(collect)
    .default(none, 'all'),
  stopped: new Option('--stopped', 'also stopped containers'),
  sshConfig: new Option('--ssh-config <file>', 'ssh_config file for hosts given by address'),
  strategy: new Option(
    '--strategy <ladder>',
    'strategies in the order to try, such as stateful,cold',
  ).argParser(ladder),
  force: new Option('--force', 'also release leases with a recent heartbeat'),
} as const;

/** The flags of every verb, and of the program itself so that they may stand before the verb. */
export function addGlobals(command: CommandUnknownOpts): void {
  const output = new Option('-o, --output <kind>', 'output format of results');
  command
    .addOption(output.choices(['text', 'json']).default('text'))
    .option('--json', 'the same as --output json: one object a line')
    .option('--color', 'always use colors')
    .option('--no-color', 'never use colors')
    .option('--untrusted', "do not trust the plans; default in a pull request's CI")
    .addOption(new Option('--no-untrusted').hideHelp())
    .option('-v, --verbose', 'more output')
    .option('-q, --quiet', 'less output');
}

interface PlanOptions {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly concurrency?: number | undefined;
  readonly explain?: true | undefined;
}

interface RunOptions extends PlanOptions {
  readonly lockWait: number;
  readonly view?: 'live' | 'lines' | undefined;
}

export const planFlags = (files: readonly string[], options: PlanOptions): PlanFlags => ({
  files,
  only: options.only,
  exclude: options.exclude,
  explain: options.explain === true,
  ...(options.concurrency !== undefined && {concurrency: options.concurrency}),
});

export const runFlags = (files: readonly string[], options: RunOptions): RunFlags => ({
  ...planFlags(files, options),
  lockWaitMs: options.lockWait,
  ...(options.view !== undefined && {view: options.view}),
});

interface ConfirmedRunOptions extends RunOptions {
  readonly yes?: true | undefined;
  readonly autoApprove?: true | undefined;
}

export const confirmedRunFlags = (
  files: readonly string[],
  options: ConfirmedRunOptions,
): ConfirmedRunFlags => ({
  ...runFlags(files, options),
  yes: options.yes === true || options.autoApprove === true,
});

export const files = (): Argument<'[file...]', string[]> =>
  new Argument('[file...]', 'plan files or folders, or - for standard input; default: plans/');
