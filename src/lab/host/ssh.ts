import type {Argv} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, type Result} from '../../base/result.js';
import {quote} from '../../hosts/quote.js';
import {type Lab, sshConfigOf} from '../lab-state.js';
import {runTool, tail, type ToolOptions, type ToolOutput} from '../image/tool.js';

/** For a terminal: the words after the host's name are the remote shell's, as with ssh itself. */
export const sshArgv = (lab: Lab, host: string, words: readonly string[] = []): Argv => [
  ...(['ssh', '-F', sshConfigOf(lab), host] as const),
  ...words,
];

export interface InHostOptions extends Omit<ToolOptions, 'env'> {
  /** The socket of a connection that is open already (`ssh -M -S PATH`); without it each call opens its own. */
  readonly controlPath?: string;
}

/** Runs a command in a host to its end, its words kept as they are; an error only when the host was not reached. */
export async function runInHost(
  lab: Lab,
  host: string,
  argv: Argv,
  {controlPath, ...options}: InHostOptions = {},
): Promise<Result<ToolOutput, Problem>> {
  const line = quote(argv);
  const shared = controlPath === undefined ? [] : ['-S', controlPath];
  const ssh: Argv = ['ssh', '-F', sshConfigOf(lab), ...shared, '-o', 'BatchMode=yes', host, line];
  const ran = await runTool(ssh, {timeoutMs: 120_000, title: `ssh ${host} ${argv[0]}`, ...options});
  if (!ran.ok) return err({...ran.error, host});
  // ssh's own failures; a command of ours that ends with 255 is taken for one, too.
  if (ran.value.exitCode !== 255) return ran;
  return err({
    kind: 'unreachable',
    code: 'lab-host-unreachable',
    message: `host "${host}" of lab "${lab.name}" cannot be reached`,
    remedy: `see whether it runs: cm lab status`,
    host,
    log: tail(ran.value.stderr),
  });
}
