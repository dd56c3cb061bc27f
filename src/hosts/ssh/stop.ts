import type {ClientChannel} from 'ssh2';
import {remoteLine} from '../remote-line.js';
import type {Connection} from './handshake.js';

/**
 * `$1` mark, `$2` the marked process, or empty when it has not begun yet: then it still is a login shell below sshd.
 * Ends it and its children. OpenSSH would do so by a `signal` request, but not for root ("session signalling requires
 * privilege separation"). What a program has set free (a container's monitor) has the mark, too, and is left alone.
 */
const STOP = `mark=$1
marked() {
  grep -qsF -- "$mark" "/proc/$1/environ" "/proc/$1/cmdline"
}
begun() {
  for file in $(grep -lsF -- "$mark" /proc/[0-9]*/environ /proc/[0-9]*/cmdline); do
    pid=\${file#/proc/}
    pid=\${pid%%/*}
    above=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status" 2>/dev/null) || continue
    case $(cat "/proc/$above/comm" 2>/dev/null) in
      sshd* | dropbear*) [ "$pid" = "$$" ] || echo "$pid" ;;
    esac
  done | sort -u
}
for pid in \${2:-$(begun)}; do
  if marked "$pid"; then
    kill -s TERM -- "-$pid"
    sleep 2
    if marked "$pid"; then kill -s KILL -- "-$pid"; fi
  fi
done
`;

/** Whether the server has opened a session for it. */
export function stopMarked(
  {client}: Connection,
  mark: string,
  pid: number | undefined,
): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (error: Error | undefined, channel: ClientChannel | undefined): void => {
      channel?.on('error', () => undefined).resume();
      channel?.stderr.on('error', () => undefined).resume();
      channel?.end();
      resolve(error === undefined);
    };
    const argv = ['sh', '-c', STOP, 'cm', mark, pid === undefined ? '' : String(pid)] as const;
    try {
      client.exec(remoteLine('stop', argv), done);
    } catch {
      // The connection is gone, and with it every way to reach the program.
      resolve(true);
    }
  });
}
