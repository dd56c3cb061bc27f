import {defineVerb} from '../../command-line/verb.js';
import type {HistoryOptions} from './history.js';

export const history = defineVerb<HistoryOptions>({
  name: 'history',
  summary: 'list earlier runs on this machine',
  examples: ['cm history', 'cm history 20260102-030405-ab12         # show one run in full'],
  parse: (command, run) =>
    command.argument('[run]', 'show one run in full').action((name) => {
      run({...(name !== undefined && {run: name})});
    }),
  load: async () => (await import('./history.js')).history,
});
