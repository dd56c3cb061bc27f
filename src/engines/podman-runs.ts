import {command} from '../base/command.js';
import {err, ok, type Result} from '../base/result.js';
import type {Question} from './engine.js';
import {asList} from './json.js';
import {readContainer} from './podman-inspect.js';

function parsed(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

function judge(name: string, how: 'restored' | 'started', stdout: string): Result<string, string> {
  const container = readContainer(asList(parsed(stdout))[0]);
  if (!container) return err(`podman does not know a container "${name}"`);
  const {state, restored, startedAt} = container;
  if (state !== 'running') return err(`container "${name}" is ${state}`);
  if (how === 'restored' && !restored)
    return err(`container "${name}" was started fresh: its memory is lost`);
  return ok(`running since ${startedAt ?? 'now'}${how === 'restored' ? ', restored' : ''}`);
}

/** A restored container carries podman's own mark; without it, it is another process with an empty memory. */
export const runsQuestion = (name: string, how: 'restored' | 'started'): Question => ({
  command: command('podman', 'container', 'inspect', '--', name),
  read: (stdout) => judge(name, how, stdout),
});
