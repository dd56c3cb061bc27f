import {files, flags, planFlags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {PlanOptions} from './plan.js';

export const plan = defineVerb<PlanOptions>({
  name: 'plan',
  summary: 'show what apply would do, with the predicted downtime',
  examples: [
    'cm plan evacuate.yaml',
    'cm plan evacuate.yaml --explain         # why each step is there, and why others are not',
    'cm plan evacuate.yaml --out moves.json  # then: cm apply moves.json',
    'cm plan plans/ --detailed-exitcode      # exit 2 when there is something to do',
  ],
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.only)
      .addOption(flags.exclude)
      .addOption(flags.concurrency)
      .addOption(flags.explain)
      .addOption(flags.out)
      .addOption(flags.detailed)
      .action((given, {out, ...options}) => {
        run({
          ...planFlags(given, options),
          detailed: options.detailedExitcode === true,
          ...(out !== undefined && {out}),
        });
      }),
  load: async () => (await import('./plan.js')).plan,
});
