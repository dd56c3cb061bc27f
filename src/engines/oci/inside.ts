import {shown, type Command} from '../../base/command.js';

/** Runs a program of the host in the network of a container; `pid` is a script that prints the process of the container `$1`. */
export const insideOf =
  (pid: string, name: string) =>
  (asked: Command): Command => ({
    ...asked,
    title: shown(asked),
    argv: [
      'sh',
      '-euc',
      `pid=$(${pid})
[ "$pid" -gt 0 ]
shift
exec nsenter -t "$pid" -n -- "$@"`,
      'cm',
      name,
      ...asked.argv,
    ],
  });
