import {Argument} from '@commander-js/extra-typings';
import {flags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {DoctorOptions} from './doctor.js';

export const doctor = defineVerb<DoctorOptions>({
  name: 'doctor',
  summary: 'check whether hosts are ready for moves, and how to fix them',
  examples: [
    'cm doctor                               # the hosts of plans/, or else this machine',
    'cm doctor plans/evacuate.yaml',
    'cm doctor root@alpha.example root@beta.example',
    'cm doctor alpha --file evacuate.yaml    # one host of the plan',
  ],
  parse: (command, run) =>
    command
      .addArgument(
        new Argument(
          '[host...]',
          'hosts of the plan, addresses ([user@]host[:port], an ssh_config alias, local), or plan files; default: the hosts of plans/, or else this machine',
        ),
      )
      .addOption(flags.file)
      .addOption(flags.pairs)
      .action((words, {file, pairs}) => {
        run({words, files: file, pairs: pairs === true});
      }),
  load: async () => (await import('./doctor.js')).doctor,
});
