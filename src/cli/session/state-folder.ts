import {isAbsolute, join} from 'node:path';
import type {Env} from '../command-line/env-flags.js';

/** By the XDG base directory specification, which says that a relative path in it is to be ignored. */
export function stateFolder(env: Env, home: string): string {
  const given = env['XDG_STATE_HOME'];
  const base = given !== undefined && isAbsolute(given) ? given : join(home, '.local', 'state');
  return join(base, 'cm');
}
