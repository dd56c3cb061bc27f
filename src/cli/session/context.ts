import {homedir} from 'node:os';
import type {CommandUnknownOpts} from '@commander-js/extra-typings';
import type {Problem} from '../../base/problem.js';
import type {Listener} from '../../report/listener.js';
import {Printer} from '../../report/text/printer.js';
import type {Provenance} from '../../run/events.js';
import {exitOf} from '../command-line/exit.js';
import type {Globals} from '../command-line/options.js';
import type {Machine} from './machine.js';
import {Mask} from './mask.js';
import {findProvenance} from './provenance.js';
import {abilityOf} from '../command-line/screen.js';
import {guardMachine, whyUntrusted} from './untrusted.js';

/** What a listener is asked to follow: a run, or what a watch decides between its runs. */
export interface Followed {
  /** The name of the run; absent for a watch. */
  readonly run?: string;
}

/** Opens a listener; undefined when this is nothing that it follows. */
export type OpenListener = (context: Context, followed: Followed) => Listener | undefined;

/** What every verb is given. */
export interface Context {
  readonly machine: Machine;
  readonly globals: Globals;
  /** Every verb with its flags, as the command line was read with. */
  readonly program: CommandUnknownOpts;
  readonly listeners: readonly OpenListener[];
  readonly printer: Printer;
  readonly home: string;
  /** As a person types it: `checkpoint create`. */
  readonly verb: string;
  /** Hides what plans took from the environment. */
  readonly mask: Mask;
  /** Why the plans are not trusted; absent when they are. */
  readonly untrusted?: string;
  /** Asks git at the first call. */
  readonly provenance: () => Promise<Provenance>;
  /** Prints the problems that end this run; the exit code they lead to. */
  readonly fail: (problems: readonly Problem[]) => number;
}

interface CommandLine {
  readonly globals: Globals;
  readonly program: CommandUnknownOpts;
  readonly listeners: readonly OpenListener[];
  /** The verb and its sub-verb. */
  readonly words: readonly string[];
  readonly options: object;
}

/** The first plan file on the command line: its repository is the one that the run is of. */
function firstFile({options}: CommandLine): string | undefined {
  const files = 'files' in options ? options.files : undefined;
  const first: unknown = Array.isArray(files) ? files[0] : undefined;
  return typeof first === 'string' ? first : undefined;
}

export function createContext(given: Machine, asked: CommandLine): Context {
  const {globals, program, listeners, words} = asked;
  const untrusted = whyUntrusted(globals, given.env);
  const machine = untrusted === undefined ? given : guardMachine(given);
  const {env, platform, stdout, stderr} = machine;
  const mask = new Mask();
  const json = globals.output === 'json';
  const masked = (stream: Machine['stdout'], hide: (text: string) => string) => ({
    write: (text: string) => stream.write(hide(text)),
  });
  const printer = new Printer({
    out: masked(stdout, json ? mask.hideInJson : mask.hide),
    err: masked(stderr, mask.hide),
    outAbility: abilityOf(stdout, env, platform, globals.color),
    errAbility: abilityOf(stderr, env, platform, globals.color),
    json,
    quiet: globals.quiet,
    github: env['GITHUB_ACTIONS'] === 'true',
  });
  let provenance: Promise<Provenance> | undefined;
  return {
    machine,
    globals,
    program,
    listeners,
    printer,
    home: env['HOME'] ?? homedir(),
    verb: words.join(' '),
    mask,
    ...(untrusted !== undefined && {untrusted}),
    provenance: () =>
      (provenance ??= findProvenance(machine, firstFile(asked), untrusted !== undefined)),
    fail: (problems) => {
      printer.problems(problems);
      return exitOf(problems);
    },
  };
}
