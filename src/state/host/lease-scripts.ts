import {RUN_FOLDER} from './host-files.js';

/**
 * What runs on the hosts: POSIX sh, with flock of util-linux. Every change of a lease happens under
 * one lock, so that two runners that come at the same moment cannot both have it. A lease is mine
 * when its line begins with my run. The age is by the host's own clock; a file from the future, by
 * more than the expiry, is of before the clock was set and counts as expired.
 */
const locked = `umask 077
command -v flock >/dev/null 2>&1 || { echo 'flock is not installed' >&2; exit 96; }
mkdir -p ${RUN_FOLDER}/leases ${RUN_FOLDER}/busy
exec 9>${RUN_FOLDER}/lock
flock -w 30 9 || { echo 'the lock of all leases is held for 30 s' >&2; exit 96; }
mine() { case $(cat "${RUN_FOLDER}/leases/$1" 2>/dev/null) in "{\\"run\\":\\"$2\\","*) return 0 ;; *) return 1 ;; esac; }
`;

/**
 * `$1` name, `$2` run, `$3` line, `$4` expiry in seconds, `$5` a run that is known to have ended, or nothing: its
 * lease is taken over whatever its age. What a runner sent and did not wait for may
 * still run, also when its lease was given back: then the answer says so.
 */
export const acquireScript = `${locked}file=${RUN_FOLDER}/leases/$1
if [ -e "$file" ] && ! mine "$1" "$2"; then
  age=$(($(date +%s) - $(stat -c %Y "$file")))
  if [ "$age" -le "$4" ] && [ "$age" -ge "-$4" ] && { [ -z "$5" ] || ! mine "$1" "$5"; }; then
    printf 'held\\t%s\\t%s\\n' "$age" "$(tr -d '\\n' <"$file")"
    exit 0
  fi
  printf 'over\\t%s\\t%s\\n' "$age" "$(tr -d '\\n' <"$file")"
else
  printf taken
fi
printf '%s\\n' "$3" >${RUN_FOLDER}/leases/.new
mv ${RUN_FOLDER}/leases/.new "$file"
flock -n "${RUN_FOLDER}/busy/$1" true || printf '\\tbusy'`;

/** `$1` run, then names. Prints the names that are not mine any more. */
export const heartbeatScript = `${locked}run=$1
shift
for name in "$@"; do
  if mine "$name" "$run"; then touch -c "${RUN_FOLDER}/leases/$name"; else printf '%s\\n' "$name"; fi
done`;

/** `$1` name, `$2` run. */
export const releaseScript = `${locked}if mine "$1" "$2"; then
  rm -f "${RUN_FOLDER}/leases/$1"
  echo released
else
  echo 'not mine'
fi`;

/** `$1` name, `$2` run that is expected to hold it, or nothing for whoever does. Prints what it was. */
export const unlockScript = `${locked}file=${RUN_FOLDER}/leases/$1
[ -e "$file" ] || { echo free; exit 0; }
if [ -n "$2" ] && ! mine "$1" "$2"; then
  printf 'other\\t0\\t%s\\n' "$(tr -d '\\n' <"$file")"
  exit 0
fi
printf 'unlocked\\t0\\t%s\\n' "$(tr -d '\\n' <"$file")"
rm -f "$file"`;

/** Waits, `$2` seconds at most, until no command for `$1` runs that a runner sent and did not wait for. */
export const drainScript = `exec flock -w "$2" -E 98 "${RUN_FOLDER}/busy/$1" true`;

/**
 * `$1` name, `$2` run, `$3` seconds to wait, `$4` the number of the command in its run, 0 for one that
 * may come at any time; then the words of the guarded command. The lock is taken by a parent that waits
 * (`-o`), so that a container's monitor started by the command does not inherit and hold it for as long
 * as the container lives. A host that was restarted has forgotten the folder, and the lease with it.
 *
 * A command that a broken connection has held back may arrive when the runner has gone back already:
 * the last number stands in the lock's own file, and a lower one of the same run is refused.
 */
export const guardScript = `mkdir -p ${RUN_FOLDER}/busy
exec flock -w "$3" -E 98 -o "${RUN_FOLDER}/busy/$1" sh -c '
busy=${RUN_FOLDER}/busy/$1
case $(cat "${RUN_FOLDER}/leases/$1" 2>/dev/null) in
  "{\\"run\\":\\"$2\\","*) ;;
  *) [ -e "${RUN_FOLDER}/lock" ] || echo "@@cm restarted" >&2; echo "@@cm lease-lost" >&2; exit 97 ;;
esac
if [ "$4" != 0 ]; then
  run= last=0
  read -r run last <"$busy" || :
  if [ "$run" = "$2" ] && [ "$last" -gt "$4" ]; then echo "@@cm too-late" >&2; exit 97; fi
  printf "%s %s\\n" "$2" "$4" >"$busy"
fi
shift 4
exec "$@"' cm "$@"`;
