import {defineVerb} from '../../command-line/verb.js';
import type {HistoryOptions} from './history.js';

export const history = defineVerb<HistoryOptions>({
  name: 'history',
  summary: 'what earlier runs on this machine did',
  examples: ['cm history', 'cm history 20260102-030405-ab12         # one run in full'],
  parse: (command, run) =>
    command.argument('[run]', 'one run in full').action((name) => {
      run({...(name !== undefined && {run: name})});
    }),
  load: async () => (await import('./history.js')).history,
});
