import {confirmedRunFlags, files, flags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {RollbackOptions} from './rollback.js';

export const rollback = defineVerb<RollbackOptions>({
  name: 'rollback',
  summary: 'move back what a run moved',
  examples: [
    'cm rollback 20260102-030405-ab12        # moves everything from that run back',
    'cm rollback 20260102-030405-ab12 evacuate.yaml --only redis',
  ],
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
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
      .action((name, given, options) => {
        run({run: name, ...confirmedRunFlags(given, options)});
      }),
  load: async () => (await import('./rollback.js')).rollback,
});
