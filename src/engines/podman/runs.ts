import {command} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Question} from '../engine.js';
import {asList, parseJson} from '../../base/json.js';
import {readContainer} from './inspect.js';

function judge(name: string, how: 'restored' | 'started', stdout: string): Result<string, string> {
  const parsed = parseJson(stdout);
  const raw = asList(parsed.ok ? parsed.value : undefined)[0];
  if (raw === undefined) return err(`podman does not know a container "${name}"`);
  const container = readContainer(raw);
  if (!container.ok) return err(`podman inspect: ${container.error.reason}`);
  const {state, restored, startedAt} = container.value;
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
