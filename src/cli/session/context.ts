import {homedir} from 'node:os';
import type {Problem} from '../../base/problem.js';
import {Printer} from '../../report/text/printer.js';
import type {Provenance} from '../../run/events.js';
import {exitOf} from '../command-line/exit.js';
import type {Globals, Invocation} from '../command-line/invocation.js';
import type {Machine} from './machine.js';
import {Mask} from './mask.js';
import {findProvenance} from './provenance.js';
import {abilityOf} from '../command-line/screen.js';
import {guardMachine, whyUntrusted} from './untrusted.js';

/** What every verb is given. */
export interface Context {
  readonly machine: Machine;
  readonly globals: Globals;
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

const verbOf = (invocation: Invocation): string =>
  invocation.verb === 'checkpoint' ? `checkpoint ${invocation.what}` : invocation.verb;

const firstFile = (invocation: Invocation): string | undefined =>
  'files' in invocation ? invocation.files[0] : undefined;

export function createContext(given: Machine, globals: Globals, invocation: Invocation): Context {
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
    printer,
    home: env['HOME'] ?? homedir(),
    verb: verbOf(invocation),
    mask,
    ...(untrusted !== undefined && {untrusted}),
    provenance: () =>
      (provenance ??= findProvenance(machine, firstFile(invocation), untrusted !== undefined)),
    fail: (problems) => {
      printer.problems(problems);
      return exitOf(problems);
    },
  };
}
