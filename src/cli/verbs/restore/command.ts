import {files, runFlags, type Pick, flags} from '../../command-line/flags.js';
import type {CommandUnknownOpts} from '@commander-js/extra-typings';
import {verb} from '../../command-line/examples.js';

/** `cm restore`: a container is again what it was when a checkpoint of it was kept. */
export function addRestore(program: CommandUnknownOpts, pick: Pick): void {
  const command = verb('restore', 'make a container again what a kept checkpoint says it was')
    .argument('<checkpoint>', 'an ID or the beginning of one, or CONTAINER@latest')
    .addArgument(files())
    .addOption(flags.yes)
    .addOption(flags.onHost)
    .addOption(flags.as)
    .addOption(flags.lockWait)
    .addOption(flags.explain)
    .addOption(flags.view)
    .action((what, given, options) => {
      const {on, as} = options;
      const run = runFlags(given, {...options, only: [], exclude: []});
      const where = {...(on !== undefined && {on}), ...(as !== undefined && {as})};
      pick({verb: 'restore', what, ...run, yes: options.yes === true, ...where});
    });
  program.addCommand(command);
}
