import {homedir} from 'node:os';
import type {Problem} from '../base/problem.js';
import {Printer} from '../report/printer.js';
import type {Provenance} from '../run/events.js';
import {exitOf} from './exit.js';
import type {Globals, Invocation} from './invocation.js';
import type {Machine} from './machine.js';
import {findProvenance} from './provenance.js';
import {abilityOf} from './screen.js';

/** What every verb is given. */
export interface Context {
  readonly machine: Machine;
  readonly globals: Globals;
  readonly printer: Printer;
  readonly home: string;
  /** Asks git at the first call. */
  readonly provenance: () => Promise<Provenance>;
  /** Prints the problems that end this run; the exit code they lead to. */
  readonly fail: (problems: readonly Problem[]) => number;
}

const firstFile = (invocation: Invocation): string | undefined =>
  'files' in invocation ? invocation.files[0] : undefined;

export function createContext(machine: Machine, globals: Globals, invocation: Invocation): Context {
  const {env, platform, stdout, stderr} = machine;
  const printer = new Printer({
    out: stdout,
    err: stderr,
    outAbility: abilityOf(stdout, env, platform, globals.color),
    errAbility: abilityOf(stderr, env, platform, globals.color),
    json: globals.output === 'json',
    quiet: globals.quiet,
    github: env['GITHUB_ACTIONS'] === 'true',
  });
  let provenance: Promise<Provenance> | undefined;
  return {
    machine,
    globals,
    printer,
    home: env['HOME'] ?? homedir(),
    provenance: () => (provenance ??= findProvenance(machine, firstFile(invocation))),
    fail: (problems) => {
      printer.problems(problems);
      return exitOf(problems);
    },
  };
}
