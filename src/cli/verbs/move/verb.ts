import {Argument, Option} from '@commander-js/extra-typings';
import {confirmedRunFlags, flags} from '../../command-line/flags.js';
import {defineVerb} from '../../command-line/verb.js';
import type {MoveOptions} from './move.js';

export const move = defineVerb<MoveOptions>({
  name: 'move',
  summary: 'move containers, compose projects or everything on a host, without a plan file',
  examples: [
    'cm move redis --from alpha --to root@beta.example',
    'cm move shop --from alpha --to beta                # a compose project, in its order',
    'cm move --all --from alpha --to beta --strategy cold',
    'cm move shop --from alpha --to beta --write plans/shop.yaml   # keep the plan for git',
  ],
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .addArgument(
        new Argument('[name...]', 'containers, patterns such as "web-*", or compose projects'),
      )
      .option('--all', 'everything that runs on the source')
      .addOption(
        new Option(
          '--from <host>',
          'the source: a host of plans/, or an address',
        ).makeOptionMandatory(),
      )
      .addOption(
        new Option(
          '--to <host>',
          'the target: a host of plans/, or an address',
        ).makeOptionMandatory(),
      )
      .addOption(flags.strategy)
      .addOption(flags.stopped)
      .addOption(flags.sshConfig)
      .option('--write <file>', 'save the plan as a new file')
      .addOption(flags.yes)
      .addOption(flags.autoApprove)
      .addOption(flags.concurrency)
      .addOption(flags.lockWait)
      .addOption(flags.explain)
      .addOption(flags.view)
      .action((names, {all, from, to, strategy, stopped, sshConfig, write, ...options}) => {
        run({
          ...confirmedRunFlags([], {...options, only: [], exclude: []}),
          names,
          all: all === true,
          from,
          to,
          stopped: stopped === true,
          ...(strategy !== undefined && {strategy}),
          ...(sshConfig !== undefined && {sshConfig}),
          ...(write !== undefined && {write}),
        });
      }),
  load: async () => (await import('./move.js')).moveContainers,
});
