import {listRuns} from '../../../state/runner/run-files.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import {loadPlans} from '../../session/load-plans.js';
import {bashScript, fishScript, zshScript} from './shells.js';
import {stateFolder} from '../../session/state-folder.js';
import {describeVerbs} from './verb-words.js';

const scripts = {bash: bashScript, zsh: zshScript, fish: fishScript};

export interface CompletionOptions {
  readonly shell: 'bash' | 'zsh' | 'fish';
}

export interface NamesOptions {
  readonly files: readonly string[];
}

/** `cm completion`: a script for the shell, made from the definitions of the flags. */
export function completion(
  {printer, program}: Context,
  {shell}: CompletionOptions,
): Promise<number> {
  printer.raw(scripts[shell](describeVerbs(program)));
  return Promise.resolve(exits.done);
}

/** What the scripts ask for: the names of the containers, and nothing at all when something is wrong. */
export async function names(context: Context, {files}: NamesOptions): Promise<number> {
  const loaded = await loadPlans(context, files);
  if (!loaded.ok) return exits.done;
  const all = loaded.value.plans.flatMap(({containers}) => [...containers.keys()]);
  for (const name of new Set(all)) context.printer.raw(`${name}\n`);
  return exits.done;
}

/** The runs that are kept here, the newest first, and the word for the newest. */
export async function runs({machine, home, printer}: Context): Promise<number> {
  const kept = await listRuns(stateFolder(machine.env, home));
  for (const name of ['last', ...kept.map(({run}) => run)]) printer.raw(`${name}\n`);
  return exits.done;
}
