import {files, flags, planFlags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {GraphOptions} from './graph.js';

export const graph = defineVerb<GraphOptions>({
  name: 'graph',
  summary: 'draw the steps and their dependencies',
  examples: [
    'cm graph evacuate.yaml',
    'cm graph evacuate.yaml --format mermaid # for a pull request',
    'cm graph evacuate.yaml --format dot | dot -Tsvg > steps.svg',
  ],
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.only)
      .addOption(flags.exclude)
      .addOption(flags.format)
      .action((given, options) => {
        run({...planFlags(given, options), format: options.format});
      }),
  load: async () => (await import('./graph.js')).graph,
});
