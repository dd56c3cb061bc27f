import {command, script, type Argv, type Command} from '../../base/command.js';
import type {BundleRuntime} from './runtime.js';
import {bundleOf} from './bundle.js';
import type {ObservedContainer} from '../facts.js';
import {asRecord, textsAt} from '../../base/json.js';

/** What a process is given comes as input: variables of the container may be secret. Over ssh that is a socket, which nobody can open again. */
const processText = `head -c "$3" | "$1" exec --process /dev/stdin "$2"`;

/** A program inside of the container, with variables beside the container's own. */
export function bundleExec(
  {name: runtime, execAdds}: BundleRuntime,
  container: ObservedContainer,
  argv: Argv,
  environment: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): Command {
  const {name} = container;
  const added = {...environment, ...secrets};
  const more = Object.entries(added);
  if ((execAdds && Object.keys(secrets).length === 0) || more.length === 0) {
    const words = more.flatMap(([key, value]) => ['--env', `${key}=${value}`]);
    return command(runtime, 'exec', ...words, name, ...argv);
  }
  const process = asRecord(asRecord(bundleOf(container).config)['process']);
  const own = textsAt(process, 'env').filter((each) => !((each.split('=')[0] ?? '') in added));
  const env = [...own, ...more.map(([key, value]) => `${key}=${value}`)];
  const text = JSON.stringify({...process, terminal: false, args: argv, env});
  const length = new TextEncoder().encode(text).length;
  return {
    ...script([runtime, 'exec', name, ...argv].join(' '), processText, runtime, name, `${length}`),
    stdin: text,
  };
}
