import {confirmedRunFlags, files, flags} from '../../command-line/flags.js';
import {defineGroup, defineVerb} from '../../command-line/verb.js';
import type {CreateOptions} from './create.js';
import type {InspectOptions, LsOptions} from './ls.js';
import type {PruneOptions, RmOptions} from './rm.js';
import {splitWords} from './words.js';

const plans = 'plan files whose hosts are meant; default: plans/';

const create = defineVerb<CreateOptions>({
  name: 'create',
  summary: 'keep a container as it is now, with its memory and its files',
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
  summary: 'what is kept, of all containers or of those that are named',
  parse: (command, run) =>
    command.argument('[word...]', `containers, and ${plans}`).action((words) => {
      run(splitWords(words));
    }),
  load: async () => (await import('./ls.js')).listCheckpoints,
});

const inspect = defineVerb<InspectOptions>({
  name: 'inspect',
  summary: 'all that is known of one: what runs in it, and with what it was made',
  parse: (command, run) =>
    command
      .argument('<id>', 'its ID, or the beginning of it')
      .addArgument(files())
      .action((id, given) => {
        run({id, files: given});
      }),
  load: async () => (await import('./ls.js')).inspectCheckpoint,
});

const rm = defineVerb<RmOptions>({
  name: 'rm',
  summary: 'remove those that are named, for good',
  patient: true,
  carriesOut: true,
  parse: (command, run) =>
    command
      .argument('<word...>', `their IDs, or the beginnings of them, and ${plans}`)
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
  summary: 'remove what the plans do not want kept, and what dead runs left',
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
  summary: 'what is kept of containers, with their memory',
  examples: [
    'cm checkpoint create redis plans/       # it goes on after some tenths of a second',
    'cm checkpoint create redis --note "before the upgrade" --yes',
    'cm checkpoint ls plans/',
    'cm checkpoint ls redis evacuate.yaml    # of this container only',
    'cm checkpoint inspect 20260102T03 plans/',
    'cm checkpoint rm 20260102T030405Z-1a2b3c plans/ --yes',
    'cm checkpoint prune plans/ --yes        # what the plans say under checkpoints:',
  ],
  verbs: [create, ls, inspect, rm, prune],
});
