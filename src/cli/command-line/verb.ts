import {Command, type CommandUnknownOpts} from '@commander-js/extra-typings';
import type {Context} from '../session/context.js';
import {addGlobals} from './flags.js';

/** How a verb behaves, whatever its options are. */
interface Traits {
  /** On a signal it brings its work to a safe point by itself. Other verbs only read and are left at once. */
  readonly patient?: true;
  /** Its output is read by another program, in that program's own language: never JSON records. */
  readonly raw?: true;
  /** It carries out plans, so it refuses those that are not trusted. */
  readonly carriesOut?: true;
}

/** What the command line asks for, ready to run. */
export interface Task extends Traits {
  /** The verb and its sub-verb, as in `['checkpoint', 'create']`. */
  readonly words: readonly string[];
  readonly options: object;
  readonly run: (context: Context) => Promise<number>;
}

/** One verb of `cm`. The list of them is `verbs/registry.ts`. */
export interface Verb {
  readonly name: string;
  /** Not shown in help and completion. */
  readonly hidden: boolean;
  /** The command with its flags and its help. Parsing it passes the task to `choose`. */
  readonly command: (choose: (task: Task) => void) => CommandUnknownOpts;
}

interface Named {
  readonly name: string;
  /** One line of the help. */
  readonly summary: string;
  /** Shown below the help. */
  readonly examples?: readonly string[];
}

export interface VerbDefinition<Options extends object> extends Traits, Named {
  readonly hidden?: true;
  /** Adds arguments and flags; the command's action passes what they came to on to `run`. */
  readonly parse: (command: Command, run: (options: Options) => void) => CommandUnknownOpts;
  /** Imported when the verb runs, so that cheap verbs stay cheap. */
  readonly load: () => Promise<(context: Context, options: Options) => Promise<number>>;
}

function commandOf({name, summary, examples}: Named): Command {
  const command = new Command(name).description(summary);
  addGlobals(command);
  if (examples) {
    const lines = examples.map((line) => `  ${line}`).join('\n');
    command.addHelpText('after', `\nexamples:\n${lines}`);
  }
  return command;
}

export function defineVerb<Options extends object>(definition: VerbDefinition<Options>): Verb {
  const {name, hidden = false, patient, raw, carriesOut, parse, load} = definition;
  return {
    name,
    hidden,
    command: (choose) =>
      parse(commandOf(definition), (options) => {
        choose({
          words: [name],
          options,
          ...(patient && {patient}),
          ...(raw && {raw}),
          ...(carriesOut && {carriesOut}),
          run: async (context) => (await load())(context, options),
        });
      }),
  };
}

/** A verb that consists of sub-verbs, such as `cm checkpoint`. */
export function defineGroup(group: Named & {readonly verbs: readonly Verb[]}): Verb {
  const {name, verbs} = group;
  return {
    name,
    hidden: false,
    command: (choose) => {
      const command = commandOf(group).enablePositionalOptions();
      for (const verb of verbs)
        command.addCommand(
          verb.command((task) => {
            choose({...task, words: [name, ...task.words]});
          }),
        );
      return command;
    },
  };
}

export function addVerbs(
  program: CommandUnknownOpts,
  verbs: readonly Verb[],
  choose: (task: Task) => void,
): void {
  for (const verb of verbs) program.addCommand(verb.command(choose), {hidden: verb.hidden});
}
