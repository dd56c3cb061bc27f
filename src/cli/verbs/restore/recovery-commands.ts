import {files, runFlags, type Pick, flags} from '../../command-line/flags.js';
import type {CommandUnknownOpts} from '@commander-js/extra-typings';
import {verb} from '../../command-line/examples.js';

function addResume(program: CommandUnknownOpts, pick: Pick): void {
  const command = verb('resume', 'finish or undo interrupted moves, and begin none')
    .addArgument(files())
    .addOption(flags.yes)
    .addOption(flags.autoApprove)
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.lockWait)
    .addOption(flags.explain)
    .addOption(flags.view)
    .action((given, options) => {
      const yes = options.yes === true || options.autoApprove === true;
      pick({verb: 'resume', ...runFlags(given, options), yes});
    });
  program.addCommand(command);
}

function addRollback(program: CommandUnknownOpts, pick: Pick): void {
  const command = verb('rollback', 'move back what a run has moved')
    .argument('<run>', 'a run that "cm history" shows')
    .addArgument(files())
    .addOption(flags.yes)
    .addOption(flags.autoApprove)
    .addOption(flags.only)
    .addOption(flags.exclude)
    .addOption(flags.concurrency)
    .addOption(flags.lockWait)
    .addOption(flags.explain)
    .addOption(flags.view)
    .action((run, given, options) => {
      const yes = options.yes === true || options.autoApprove === true;
      pick({verb: 'rollback', run, ...runFlags(given, options), yes});
    });
  program.addCommand(command);
}

/** The explicit forms of what `apply` does by itself after a crash, and of changing one's mind. */
export function addRecovery(program: CommandUnknownOpts, pick: Pick): void {
  addResume(program, pick);
  addRollback(program, pick);
}
