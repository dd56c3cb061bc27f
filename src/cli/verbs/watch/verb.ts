import {files, flags, runFlags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {WatchOptions} from './watch.js';

export const watch = defineVerb<WatchOptions>({
  name: 'watch',
  summary: 'apply whenever a plan or a host changes, until stopped',
  examples: [
    'cm watch plans/                         # until Ctrl-C',
    'cm watch plans/ --interval 30s --view lines',
  ],
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.only)
      .addOption(flags.exclude)
      .addOption(flags.concurrency)
      .addOption(flags.lockWait)
      .addOption(flags.explain)
      .addOption(flags.view)
      .addOption(flags.interval)
      .addOption(flags.allowHooks)
      .action((given, {interval, allowHooks, ...options}) => {
        run({
          ...runFlags(given, options),
          allowHooks,
          ...(interval !== undefined && {intervalMs: interval}),
        });
      }),
  load: async () => (await import('./watch.js')).watch,
});
