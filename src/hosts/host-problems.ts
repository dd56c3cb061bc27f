import {type Command, shown} from '../base/command.js';
import type {Problem} from '../base/problem.js';

/** Which of the ways of not reaching a host it was; the word stands in the problem's `code`. */
export type Unreachable =
  | 'name-unknown'
  | 'refused'
  | 'timed-out'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'host-key-refused'
  | 'ssh-setting'
  | 'not-authenticated'
  | 'connection-lost'
  | 'no-shell'
  | 'too-few-sessions';

export const notReached = (
  host: string,
  code: Unreachable,
  message: string,
  remedy: string,
): Problem => ({kind: 'unreachable', code, message, remedy, host});

export const connectionLost = (host: string, why: string): Problem =>
  notReached(
    host,
    'connection-lost',
    `the connection to host "${host}" was lost: ${why}`,
    'run the same command again: it looks at the hosts first and goes on from what is true',
  );

/** The server took a command, and something else than the user's shell answered. */
export const noShell = (host: string, how: string, said: string): Problem => ({
  ...notReached(
    host,
    'no-shell',
    `host "${host}" does not run commands for this user: ${how}`,
    'see that no ForceCommand in its sshd_config and no command="…" in authorized_keys applies to the user, that the login shell is one, and that its rc files do not replace it',
  ),
  log: lastLines(said),
});

const stepProblem = (
  host: string,
  command: Command,
  code: string,
  message: string,
  remedy: string,
): Problem => ({kind: 'step', code, message, remedy, host, command: shown(command)});

export const commandTimedOut = (host: string, command: Command, timeoutMs: number): Problem =>
  stepProblem(
    host,
    command,
    'command-timed-out',
    `"${shown(command)}" did not end within ${timeoutMs} ms and was told to stop`,
    'see what it waits for on that host, or allow it more time',
  );

export const interrupted = (host: string, command: Command): Problem =>
  stepProblem(
    host,
    command,
    'interrupted',
    `"${shown(command)}" was interrupted`,
    'run the same command again to go on or to undo',
  );

export const outputTooLarge = (host: string, command: Command, limit: number): Problem =>
  stepProblem(
    host,
    command,
    'output-too-large',
    `"${shown(command)}" printed more than ${limit} bytes and was told to stop`,
    'make it print less',
  );

export const commandTooLong = (host: string, command: Command, limit: number): Problem =>
  stepProblem(
    host,
    command,
    'command-too-long',
    `"${shown(command)}" is longer than the ${limit} bytes that a remote shell takes`,
    'hand the data over on its standard input',
  );

/** The last lines of what a program printed, without control characters, for a problem's `log`. */
export const lastLines = (text: string, count = 12): string[] =>
  text
    .replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .split('\n')
    .map((line) => line.trimEnd().slice(0, 400))
    .filter((line) => line !== '')
    .slice(-count);
