/**
 * How the source's half of a direct link uses its connections. `ssh` is always called without a configuration file and, once
 * the connections stand, with a ProxyCommand that fails: a dead connection is an error, never a reason to make another.
 */

/** What every use of an open connection needs; safe to be split at spaces, as rsync does. */
export const OVER = [
  'ssh',
  '-F',
  '/dev/null',
  '-o',
  'ControlMaster=no',
  '-o',
  'BatchMode=yes',
  '-o',
  'ProxyCommand=false',
  '-T',
].join(' ');

/** The line in front of a receiver's answer to rsync; `$dir` is the folder of either end. */
export const ANSWER_BEGINS = 'cm answers in ${dir%/*}';

/**
 * `again` fails once it has been called for ten seconds. A server that opens few sessions on a connection (`MaxSessions`)
 * refuses the next one until it has noticed the end of the one before, a moment after its program has ended.
 */
const AGAIN = `tries=0
again() {
  tries=$((tries + 1))
  [ "$tries" -le 50 ] && sleep 0.2
}
`;

/** `over`, in the script that sends a stream: a session that was refused has taken nothing of the stream. */
export const RETRIED_OVER = `${AGAIN}over() {
  while :; do
    ${OVER} -S "$control" cm "$name" 2>"$dir/error" && return || r=$?
    [ "$r" = 255 ] && grep -q 'Session open refused by peer' "$dir/error" && again || return "$r"
  done
}
`;

/**
 * What rsync takes for ssh: `$1` control socket, then ssh's words. rsync fails on whatever the target's login shell prints
 * before the receiver begins. Nothing of the stream is lost while no receiver has begun and the connection stands.
 */
export const RSYNC_OVER = `dir=\${0%/*} control=$1
shift
${AGAIN}exec 4>&1
while :; do
  code=$(
    {
      { ${OVER} -S "$control" "$@" 3>&- 4>&- || echo "$?" >&3; } | {
        while IFS= read -r line; do
          [ "$line" != "${ANSWER_BEGINS}" ] || exec cat
        done
        exit 12
      } >&4 3>&- 4>&-
    } 3>&1
  ) && exit 0
  [ "$code" = 255 ] && ${OVER} -S "$control" -O check cm 2>/dev/null && again || exit 12
done
`;
