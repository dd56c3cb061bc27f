import {confirmedRunFlags, files, flags} from '../../command-line/flags.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {defineVerb} from '../../command-line/verb.js';

export const resume = defineVerb<ConfirmedRunFlags>({
  name: 'resume',
  summary: 'finish or undo interrupted moves; start no new ones',
  examples: [
    'cm resume plans/                        # finishes or undoes interrupted moves, nothing else',
    'cm resume plans/ --only redis --yes',
  ],
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.yes)
      .addOption(flags.autoApprove)
      .addOption(flags.only)
      .addOption(flags.exclude)
      .addOption(flags.lockWait)
      .addOption(flags.explain)
      .addOption(flags.view)
      .action((given, options) => {
        run(confirmedRunFlags(given, options));
      }),
  load: async () => (await import('./resume.js')).resume,
});
