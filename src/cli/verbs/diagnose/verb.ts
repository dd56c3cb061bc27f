import {defineVerb} from '../../command-line/verb.js';
import type {DiagnoseOptions} from './diagnose.js';

export const diagnose = defineVerb<DiagnoseOptions>({
  name: 'diagnose',
  summary: 'explain the errors in a log or a failed run, and suggest fixes',
  examples: [
    'cm diagnose                             # the last run that failed',
    'cm diagnose 20260102-03                 # a run, by a prefix of its name',
    'cm diagnose restore.log                 # a log of CRIU, an engine or the journal',
    'journalctl -u docker | cm diagnose -',
  ],
  parse: (command, run) =>
    command
      .argument(
        '[log|run]',
        'a file, - for standard input, a run name or prefix, or last; default: the last failed run',
      )
      .action((what) => {
        run({...(what !== undefined && {what})});
      }),
  load: async () => (await import('./diagnose.js')).diagnose,
});
