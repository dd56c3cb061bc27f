import {flags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {SupportOptions} from './support.js';

export const support = defineVerb<SupportOptions>({
  name: 'support',
  summary: 'gather what those ask for who are to help with a run',
  examples: [
    'cm support last                         # shows what would be in it, and asks',
    'cm support 20260102-03 --out case.tar.gz --yes',
  ],
  parse: (command, run) =>
    command
      .argument(
        '[run]',
        'a run or the beginning of its name, or last; default: the last that failed',
      )
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
