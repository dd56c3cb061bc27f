import {flags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {SupportOptions} from './support.js';

export const support = defineVerb<SupportOptions>({
  name: 'support',
  summary: 'collect a support bundle for a run, with secrets removed',
  examples: [
    'cm support last                         # shows the contents and asks',
    'cm support 20260102-03 --out case.tar.gz --yes',
  ],
  parse: (command, run) =>
    command
      .argument('[run]', 'a run name or prefix, or last; default: the last failed run')
      .addOption(flags.archive)
      .addOption(flags.planNow)
      .addOption(flags.yes)
      .action((name, {out, plan, yes}) => {
        run({
          yes: yes === true,
          ...(name !== undefined && {run: name}),
          ...(out !== undefined && {out}),
          ...(plan !== undefined && {plan}),
        });
      }),
  load: async () => (await import('./support.js')).support,
});
