import {files} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {ValidateOptions} from './validate.js';

export const validate = defineVerb<ValidateOptions>({
  name: 'validate',
  summary: 'check plans without looking at any host',
  examples: [
    'cm validate plans/                      # every *.yaml and *.yml in a folder',
    'cat plan.yaml | cm validate -',
    'cm validate --json plan.yaml            # one JSON object a line, for tools',
  ],
  parse: (command, run) =>
    command.addArgument(files()).action((given) => {
      run({files: given});
    }),
  load: async () => (await import('./validate.js')).validate,
});
