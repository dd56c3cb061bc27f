import {files, runFlags, type Pick, flags} from '../../command-line/flags.js';
import type {CommandUnknownOpts} from '@commander-js/extra-typings';
import {splitWords} from './words.js';
import {sub, verb} from '../../command-line/examples.js';

const plans = 'plan files whose hosts are meant; default: plans/';

const createCommand = (pick: Pick) =>
  sub('create', 'keep a container as it is now, with its memory and its files')
    .argument('<container>', 'a container of the plans')
    .addArgument(files())
    .addOption(flags.yes)
    .addOption(flags.note)
    .addOption(flags.stop)
    .addOption(flags.lockWait)
    .addOption(flags.explain)
    .addOption(flags.view)
    .action((container, given, options) => {
      const {note, stop = false} = options;
      const run = runFlags(given, {...options, only: [container], exclude: []});
      const rest = {yes: options.yes === true, stop, ...(note !== undefined && {note})};
      pick({verb: 'checkpoint', what: 'create', container, ...run, ...rest});
    });

/** `cm checkpoint …`: what is kept of containers on their hosts. */
export function addCheckpoint(program: CommandUnknownOpts, pick: Pick): void {
  const checkpoint = verb('checkpoint', 'what is kept of containers, with their memory');
  const ls = sub('ls', 'what is kept, of all containers or of those that are named')
    .argument('[word...]', `containers, and ${plans}`)
    .action((words) => {
      pick({verb: 'checkpoint', what: 'ls', ...splitWords(words)});
    });
  const inspect = sub(
    'inspect',
    'all that is known of one: what runs in it, and with what it was made',
  )
    .argument('<id>', 'its ID, or the beginning of it')
    .addArgument(files())
    .action((id, given) => {
      pick({verb: 'checkpoint', what: 'inspect', id, files: given});
    });
  const rm = sub('rm', 'remove those that are named, for good')
    .argument('<word...>', `their IDs, or the beginnings of them, and ${plans}`)
    .addOption(flags.yes)
    .addOption(flags.lockWait)
    .action((words, {yes, lockWait}) => {
      const {names: ids, files: given} = splitWords(words);
      const rest = {yes: yes === true, lockWaitMs: lockWait};
      pick({verb: 'checkpoint', what: 'rm', ids, files: given, ...rest});
    });
  const prune = sub('prune', 'remove what the plans do not want kept, and what dead runs left')
    .addArgument(files())
    .addOption(flags.yes)
    .addOption(flags.lockWait)
    .action((given, {yes, lockWait}) => {
      const rest = {yes: yes === true, lockWaitMs: lockWait};
      pick({verb: 'checkpoint', what: 'prune', files: given, ...rest});
    });
  for (const command of [createCommand(pick), ls, inspect, rm, prune])
    checkpoint.addCommand(command);
  program.addCommand(checkpoint);
}
