import {type Pick, files, planFlags, runFlags, flags} from './flags.js';
import {Argument, Command, type CommandUnknownOpts} from '@commander-js/extra-typings';
import {addCheckpoint} from '../verbs/checkpoint/command.js';
import {addDoctor} from '../verbs/doctor/command.js';
import {verb} from './examples.js';
import {addLab} from '../verbs/lab/commands.js';
import {addRecovery} from '../verbs/restore/recovery-commands.js';
import {addRestore} from '../verbs/restore/command.js';

type Program = CommandUnknownOpts;

function addValidate(program: Program, pick: Pick): void {
  const command = verb('validate', 'check plans without looking at any host');
  program.addCommand(
    command.addArgument(files()).action((given) => {
      pick({verb: 'validate', files: given});
    }),
  );
}

function addPlan(program: Program, pick: Pick): void {
  const command = verb('plan', 'show what apply would do, and how long it would take')
    .addArgument(files())
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.concurrency)
    .addOption(flags.explain)
    .addOption(flags.out)
    .addOption(flags.detailed)
    .action((given, options) => {
      pick({
        verb: 'plan',
        ...planFlags(given, options),
        detailed: options.detailedExitcode === true,
        ...(options.out !== undefined && {out: options.out}),
      });
    });
  program.addCommand(command);
}

function addApply(program: Program, pick: Pick): void {
  const command = verb('apply', 'bring every container to where it belongs')
    .addArgument(files())
    .addOption(flags.yes)
    .addOption(flags.autoApprove)
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.concurrency)
    .addOption(flags.lockWait)
    .addOption(flags.explain)
    .addOption(flags.view)
    .action((given, options) => {
      const yes = options.yes === true || options.autoApprove === true;
      pick({verb: 'apply', ...runFlags(given, options), yes});
    });
  program.addCommand(command);
}

function addWatch(program: Program, pick: Pick): void {
  const command = verb('watch', 'apply whenever the plans or the world change, until stopped')
    .addArgument(files())
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.concurrency)
    .addOption(flags.lockWait)
    .addOption(flags.explain)
    .addOption(flags.view)
    .addOption(flags.interval)
    .addOption(flags.allowHooks)
    .action((given, options) => {
      const {interval, allowHooks} = options;
      pick({
        verb: 'watch',
        allowHooks,
        ...runFlags(given, options),
        ...(interval !== undefined && {intervalMs: interval}),
      });
    });
  program.addCommand(command);
}

function addStatus(program: Program, pick: Pick): void {
  const command = verb('status', 'where each container is, and where it belongs')
    .addArgument(files())
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.detailed)
    .action((given, options) => {
      const detailed = options.detailedExitcode === true;
      pick({verb: 'status', ...planFlags(given, options), detailed});
    });
  program.addCommand(command);
}

function addGraph(program: Program, pick: Pick): void {
  const command = verb('graph', 'draw the steps and what waits for what')
    .addArgument(files())
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.format)
    .action((given, options) => {
      pick({verb: 'graph', ...planFlags(given, options), format: options.format});
    });
  program.addCommand(command);
}

function addHistory(program: Program, pick: Pick): void {
  const command = verb('history', 'what earlier runs on this machine did')
    .argument('[run]', 'one run in full')
    .action((run) => {
      pick({verb: 'history', ...(run !== undefined && {run})});
    });
  program.addCommand(command);
}

function addDiagnose(program: Program, pick: Pick): void {
  const command = verb('diagnose', 'what a log, or what failed in a run, means, and what to do')
    .argument(
      '[log|run]',
      'a file, - for standard input, a run or the beginning of its name, or last; default: the last run that failed',
    )
    .action((what) => {
      pick({verb: 'diagnose', ...(what !== undefined && {what})});
    });
  program.addCommand(command);
}

function addSupport(program: Program, pick: Pick): void {
  const command = verb('support', 'gather what those ask for who are to help with a run')
    .argument('[run]', 'a run or the beginning of its name, or last; default: the last that failed')
    .addOption(flags.archive)
    .addOption(flags.planNow)
    .addOption(flags.yes)
    .action((run, {out, plan, yes}) => {
      pick({
        verb: 'support',
        yes: yes === true,
        ...(run !== undefined && {run}),
        ...(out !== undefined && {out}),
        ...(plan !== undefined && {plan}),
      });
    });
  program.addCommand(command);
}

function addUnlock(program: Program, pick: Pick): void {
  const command = verb('unlock', 'show the leases on the hosts of a plan, and remove stale ones')
    .addArgument(files())
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.force)
    .action((given, options) => {
      pick({verb: 'unlock', ...planFlags(given, options), force: options.force === true});
    });
  program.addCommand(command);
}

function addCompletion(program: Program, pick: Pick): void {
  const shell = new Argument('<shell>').choices(['bash', 'zsh', 'fish']);
  const command = verb('completion', 'print a script that completes cm in your shell')
    .addArgument(shell)
    .action((chosen) => {
      pick({verb: 'completion', shell: chosen});
    });
  program.addCommand(command);
  // Asked by the completion scripts.
  const names = new Command('__names').addArgument(files()).action((given) => {
    pick({verb: 'names', files: given});
  });
  program.addCommand(names, {hidden: true});
  const runs = new Command('__runs').action(() => {
    pick({verb: 'runs'});
  });
  program.addCommand(runs, {hidden: true});
}

export function addCommands(program: Program, pick: Pick): void {
  for (const add of [
    addValidate,
    addPlan,
    addApply,
    addWatch,
    addStatus,
    addGraph,
    addRecovery,
    addRestore,
    addCheckpoint,
    addDoctor,
    addHistory,
    addDiagnose,
    addSupport,
    addUnlock,
    addLab,
    addCompletion,
  ])
    add(program, pick);
}
