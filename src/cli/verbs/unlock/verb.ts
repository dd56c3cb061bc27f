import {files, flags, planFlags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {UnlockOptions} from './unlock.js';

export const unlock = defineVerb<UnlockOptions>({
  name: 'unlock',
  summary: 'show the leases on the hosts of a plan, and remove stale ones',
  examples: [
    'cm unlock plans/                        # shows leases, removes those nobody keeps',
    'cm unlock plans/ --only redis --force   # also one whose owner was heard of lately',
  ],
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.only)
      .addOption(flags.exclude)
      .addOption(flags.force)
      .action((given, options) => {
        run({...planFlags(given, options), force: options.force === true});
      }),
  load: async () => (await import('./unlock.js')).unlock,
});
