import {confirmedRunFlags, files, flags} from '../../command-line/flags.js';
import type {ConfirmedRunFlags} from '../../command-line/options.js';
import {defineVerb} from '../../command-line/verb.js';

export const apply = defineVerb<ConfirmedRunFlags>({
  name: 'apply',
  summary: 'move every container to the host that its plan names',
  examples: [
    'cm apply evacuate.yaml                  # shows the plan and asks',
    'cm apply evacuate.yaml --yes            # for scripts and CI',
    'cm apply moves.json                     # exactly the plan that was saved, or nothing',
    'cm apply plans/ --only redis --lock-wait 5m',
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
      .addOption(flags.concurrency)
      .addOption(flags.lockWait)
      .addOption(flags.explain)
      .addOption(flags.view)
      .action((given, options) => {
        run(confirmedRunFlags(given, options));
      }),
  load: async () => (await import('./apply.js')).apply,
});
