import {files, flags, planFlags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {UnlockOptions} from './unlock.js';

export const unlock = defineVerb<UnlockOptions>({
  name: 'unlock',
  summary: 'show leases, and release those of dead runners',
  examples: [
    'cm unlock plans/                        # shows leases, releases those of dead runners',
    'cm unlock plans/ --only redis --force   # also one with a recent heartbeat; asks first',
  ],
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.only)
      .addOption(flags.exclude)
      .addOption(flags.force)
      .addOption(flags.yes)
      .action((given, options) => {
        const {force, yes} = options;
        run({...planFlags(given, options), force: force === true, yes: yes === true});
      }),
  load: async () => (await import('./unlock.js')).unlock,
});
