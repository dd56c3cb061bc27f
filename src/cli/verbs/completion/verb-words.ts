import type {CommandUnknownOpts} from '@commander-js/extra-typings';
import type {VerbWords} from './shells.js';

function wordsOf(command: CommandUnknownOpts): VerbWords {
  const [first] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    flags: command.options
      .filter(({hidden}) => !hidden)
      .map(({short, long, description, required, optional, argChoices}) => ({
        spellings: [short, long].filter((each) => each !== undefined),
        description,
        takesValue: required || optional,
        choices: argChoices ?? [],
      })),
    words: [...command.commands.map((each) => each.name()), ...(first?.argChoices ?? [])],
    takesFiles: first?.name() === 'file',
    takesRuns: /(?:^|\|)run$/u.test(first?.name() ?? ''),
  };
}

/** Every verb with its flags, from the very definitions that the command line is read with. */
export function describeVerbs(program: CommandUnknownOpts): readonly VerbWords[] {
  const shown = program.createHelp().visibleCommands(program);
  const verbs = shown.filter((command) => command.name() !== 'help').map(wordsOf);
  const words = verbs.map(({name}) => name);
  const help: VerbWords = {
    ...{name: 'help', description: 'print help for a verb', flags: [], takesFiles: false},
    takesRuns: false,
    words,
  };
  return [...verbs, help];
}
