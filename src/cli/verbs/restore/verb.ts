import {confirmedRunFlags, files, flags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {RestoreOptions} from './restore.js';

export const restore = defineVerb<RestoreOptions>({
  name: 'restore',
  summary: 'restore a container from a kept checkpoint',
  examples: [
    'cm restore redis@latest plans/          # replaces its current state, which is kept first',
    'cm restore 20260102T030405Z-ab12cd plans/ --on beta',
    'cm restore redis@latest plans/ --as redis-look   # a second container, beside the first',
  ],
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .argument('<checkpoint>', 'a checkpoint ID or prefix, or CONTAINER@latest')
      .addArgument(files())
      .addOption(flags.yes)
      .addOption(flags.onHost)
      .addOption(flags.as)
      .addOption(flags.lockWait)
      .addOption(flags.explain)
      .addOption(flags.view)
      .action((what, given, {on, as, ...options}) => {
        run({
          what,
          ...confirmedRunFlags(given, {...options, only: [], exclude: []}),
          ...(on !== undefined && {on}),
          ...(as !== undefined && {as}),
        });
      }),
  load: async () => (await import('./restore.js')).restore,
});
