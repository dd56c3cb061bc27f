import {files, flags, planFlags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {StatusOptions} from './status.js';

export const status = defineVerb<StatusOptions>({
  name: 'status',
  summary: 'show where each container is and where it belongs',
  examples: [
    'cm status plans/',
    'cm status plans/ --detailed-exitcode   # exit 2 when something has drifted',
  ],
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.only)
      .addOption(flags.exclude)
      .addOption(flags.detailed)
      .action((given, options) => {
        run({...planFlags(given, options), detailed: options.detailedExitcode === true});
      }),
  load: async () => (await import('./status.js')).status,
});
