import {confirmedRunFlags, files, flags} from '../../command-line/flags.js';
import {defineGroup, defineVerb} from '../../command-line/verb.js';
import type {CreateOptions} from './create.js';
import type {InspectOptions, LsOptions} from './ls.js';
import type {PruneOptions, RmOptions} from './rm.js';
import {splitWords} from './words.js';

const plans = 'plan files that name the hosts; default: plans/';

const create = defineVerb<CreateOptions>({
  name: 'create',
  summary: 'create a checkpoint of a container: memory and files',
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .argument('<container>', 'a container of the plans')
      .addArgument(files())
      .addOption(flags.yes)
      .addOption(flags.note)
      .addOption(flags.stop)
      .addOption(flags.lockWait)
      .addOption(flags.explain)
      .addOption(flags.view)
      .action((container, given, {note, stop = false, ...options}) => {
        run({
          container,
          ...confirmedRunFlags(given, {...options, only: [container], exclude: []}),
          stop,
          ...(note !== undefined && {note}),
        });
      }),
  load: async () => (await import('./create.js')).createCheckpoint,
});

const ls = defineVerb<LsOptions>({
  name: 'ls',
  summary: 'list checkpoints, of all containers or of these',
  parse: (command, run) =>
    command.argument('[word...]', `containers, and ${plans}`).action((words) => {
      run(splitWords(words));
    }),
  load: async () => (await import('./ls.js')).listCheckpoints,
});

const inspect = defineVerb<InspectOptions>({
  name: 'inspect',
  summary: 'show everything about one checkpoint',
  parse: (command, run) =>
    command
      .argument('<id>', 'a checkpoint ID or prefix')
      .addArgument(files())
      .action((id, given) => {
        run({id, files: given});
      }),
  load: async () => (await import('./ls.js')).inspectCheckpoint,
});

const rm = defineVerb<RmOptions>({
  name: 'rm',
  summary: 'delete these checkpoints',
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .argument('<word...>', `checkpoint IDs or prefixes, and ${plans}`)
      .addOption(flags.yes)
      .addOption(flags.lockWait)
      .action((words, {yes, lockWait}) => {
        const {names: ids, files: given} = splitWords(words);
        run({ids, files: given, yes: yes === true, lockWaitMs: lockWait});
      }),
  load: async () => (await import('./rm.js')).removeCheckpoints,
});

const prune = defineVerb<PruneOptions>({
  name: 'prune',
  summary: 'delete checkpoints that the plans do not keep, and leftovers of dead runs',
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .addArgument(files())
      .addOption(flags.yes)
      .addOption(flags.lockWait)
      .action((given, {yes, lockWait}) => {
        run({files: given, yes: yes === true, lockWaitMs: lockWait});
      }),
  load: async () => (await import('./rm.js')).pruneCheckpoints,
});

export const checkpoint = defineGroup({
  name: 'checkpoint',
  summary: 'create, list and remove checkpoints of containers',
  examples: [
    'cm checkpoint create redis plans/       # pauses it for some tenths of a second',
    'cm checkpoint create redis --note "before the upgrade" --yes',
    'cm checkpoint ls plans/',
    'cm checkpoint ls redis evacuate.yaml    # of this container only',
    'cm checkpoint inspect 20260102T03 plans/',
    'cm checkpoint rm 20260102T030405Z-1a2b3c plans/ --yes',
    'cm checkpoint prune plans/ --yes        # as checkpoints: in the plans says',
  ],
  verbs: [create, ls, inspect, rm, prune],
});
