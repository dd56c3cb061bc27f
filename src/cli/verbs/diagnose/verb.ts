import {defineVerb} from '../../command-line/verb.js';
import type {DiagnoseOptions} from './diagnose.js';

export const diagnose = defineVerb<DiagnoseOptions>({
  name: 'diagnose',
  summary: 'what a log, or what failed in a run, means, and what to do',
  examples: [
    'cm diagnose                             # the last run that failed',
    'cm diagnose 20260102-03                 # a run, by the beginning of its name',
    'cm diagnose restore.log                 # what CRIU, an engine or a journal wrote',
    'journalctl -u docker | cm diagnose -',
  ],
  parse: (command, run) =>
    command
      .argument(
        '[log|run]',
        'a file, - for standard input, a run or the beginning of its name, or last; default: the last run that failed',
      )
      .action((what) => {
        run({...(what !== undefined && {what})});
      }),
  load: async () => (await import('./diagnose.js')).diagnose,
});
