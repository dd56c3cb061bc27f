import {Command, CommanderError, type CommandUnknownOpts} from '@commander-js/extra-typings';
import {applyEnv, type Env} from './env-flags.js';
import {exits} from './exit.js';
import {addGlobals} from './flags.js';
import type {Globals} from './options.js';
import {helpEnd, topics} from './topics.js';
import {addVerbs, type Task, type Verb} from './verb.js';

export type Parsed =
  | {
      readonly kind: 'run';
      readonly task: Task;
      readonly globals: Globals;
      readonly program: CommandUnknownOpts;
    }
  /** Help, or what is wrong with the command line: printed already, into `text`. */
  | {
      readonly kind: 'said';
      readonly stdout: string;
      readonly stderr: string;
      readonly exit: number;
    };

export interface HelpStyle {
  readonly color: boolean;
  readonly columns: number;
}

interface Said {
  stdout: string;
  stderr: string;
}

/** Settings are copied to a verb when it is added, so this comes first. */
function createProgram(said: Said, {color, columns}: HelpStyle): Command {
  const program = new Command('cm');
  program

    .description('move containers to the hosts that your plans name')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => (said.stdout += text),
      writeErr: (text) => (said.stderr += text),
      getOutHasColors: () => color,
      getErrHasColors: () => color,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .configureHelp({
      ...(color && {styleTitle: (text: string) => `\u001b[1m${text}\u001b[22m`}),
    })
    .showHelpAfterError('(see "cm help" for all verbs and flags)')
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .enablePositionalOptions()
    .addHelpText('after', `\n${helpEnd}`);
  return program;
}

/** The flags of every verb may stand before it and after it; those after it win. */
function readGlobals(program: CommandUnknownOpts, action: CommandUnknownOpts): Globals {
  const pick = (key: string): unknown => {
    const given = [action, program].find((each) => each.getOptionValueSource(key) === 'cli');
    return (given ?? action).getOptionValue(key);
  };
  const color = pick('color');
  const untrusted = pick('untrusted');
  return {
    output: pick('json') === true || pick('output') === 'json' ? 'json' : 'text',
    verbose: pick('verbose') === true,
    quiet: pick('quiet') === true,
    ...(typeof color === 'boolean' && {color}),
    ...(typeof untrusted === 'boolean' && {untrusted}),
  };
}

/** `cm help TOPIC`, which is no verb. */
function topicOf([first, second, ...more]: readonly string[]): Parsed | undefined {
  const text = first === 'help' && more.length === 0 ? topics.get(second ?? '') : undefined;
  return text === undefined
    ? undefined
    : {kind: 'said', stdout: text, stderr: '', exit: exits.done};
}

interface Reading {
  readonly env: Env;
  readonly style: HelpStyle;
  readonly verbs: readonly Verb[];
}

/** What the words mean. Reads nothing but its arguments. */
export function parseArgs(words: readonly string[], {env, style, verbs}: Reading): Parsed {
  const topic = topicOf(words);
  if (topic) return topic;
  const said: Said = {stdout: '', stderr: ''};
  const program = createProgram(said, style);
  let task: Task | undefined;
  let globals: Globals | undefined;
  addGlobals(program);
  addVerbs(program, verbs, (chosen) => (task = chosen));
  for (const command of program.commands.flatMap((each) => [each, ...each.commands]))
    command.copyInheritedSettings(program);
  program.hook('preAction', (_, action) => {
    applyEnv(action, env);
    globals = readGlobals(program, action);
  });
  try {
    program.parse(words, {from: 'user'});
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return {kind: 'said', ...said, exit: error.exitCode === 0 ? exits.done : exits.usage};
  }
  if (!task || !globals) return {kind: 'said', ...said, exit: exits.usage};
  return {kind: 'run', task, globals, program};
}
