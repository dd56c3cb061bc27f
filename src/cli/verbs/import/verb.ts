import {Argument, Option} from '@commander-js/extra-typings';
import {flags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {ImportOptions} from './import.js';

export const importVerb = defineVerb<ImportOptions>({
  name: 'import',
  summary: 'print a plan that describes hosts as they are now',
  examples: [
    'cm import root@alpha.example                       # what is there, as a plan',
    'cm import alpha beta --write plans/all.yaml        # a new file, or the same one brought up to date',
    'cm import alpha --select shop --select "web-*"     # a compose project, and containers by name',
  ],
  parse: (command, run) =>
    command
      .addArgument(
        new Argument(
          '<host...>',
          'hosts of plans/, or addresses: [user@]host[:port], an ssh_config alias, local',
        ),
      )
      .addOption(flags.select)
      .addOption(flags.stopped)
      .addOption(flags.sshConfig)
      .addOption(
        new Option(
          '--write <file>',
          'create this plan file, or update it; comments and order are kept',
        ),
      )
      .action((hosts, {select, stopped, sshConfig, write}) => {
        run({
          hosts,
          select,
          stopped: stopped === true,
          ...(sshConfig !== undefined && {sshConfig}),
          ...(write !== undefined && {write}),
        });
      }),
  load: async () => (await import('./import.js')).importHosts,
});
