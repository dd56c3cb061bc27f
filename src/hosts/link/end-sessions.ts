import {type Command, script} from '../../base/command.js';

/** `started PID`: when the process began, in the kernel's own count. A number alone may be another process's by now. */
export const STARTED = `started() {
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  shift 19
  echo "$1"
}
`;

/**
 * Ends whatever still receives through the dispatcher in folder `$dir`, and sees that it has ended: everything a session
 * starts holds `$dir/sessions` open as descriptor 7, and shares its lock. A session that begins meanwhile finds
 * `closed` and refuses itself. Programs do not hold the descriptor, since what they leave running may live on, so
 * their whole process group is ended with the session that started them.
 * Connections go as well, so that the other host is left with nothing that is open.
 */
export const END_SESSIONS = `${STARTED}group_of() {
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  echo "$3"
}
stop_holders() {
  for held in /proc/[0-9]*/fd/7; do
    [ "$held" -ef "$dir/sessions" ] 2>/dev/null || continue
    holder=\${held#/proc/}
    group=$(group_of "\${holder%%/*}") || continue
    [ "$group" -gt 1 ] || continue
    case " $groups " in *" $group "*) ;; *) groups="$groups $group" ;; esac
  done
  for group in $groups; do kill -s "$1" -- "-$group" 2>/dev/null || :; done
}
still_there() {
  for group in $groups; do
    if kill -s 0 -- "-$group" 2>/dev/null; then return 0; fi
  done
  return 1
}
end_sessions() {
  groups=
  [ -e "$dir/sessions" ] || return 0
  : >"$dir/closed"
  for connection in "$dir"/connection.*; do
    [ -e "$connection" ] || continue
    number=\${connection##*.}
    [ "$(started "$number")" = "$(cat "$connection")" ] || continue
    case $(cat "/proc/$number/comm" 2>/dev/null) in sshd*) kill "$number" 2>/dev/null || : ;; esac
  done
  stop_holders TERM
  flock -w 3 "$dir/sessions" true || stop_holders KILL
  tries=0
  while still_there; do
    tries=$((tries + 1))
    [ "$tries" -ne 30 ] || stop_holders KILL
    [ "$tries" -lt 100 ] || break
    sleep 0.1
  done
  if still_there || ! flock -w 10 "$dir/sessions" true; then
    echo "what receives in $dir does not end" >&2
    return 1
  fi
}
`;

/** Afterwards nothing that another host sends can reach this one through the receivers in `folder`. May be run twice. */
export const endSessions = (folder: string): Command =>
  script(`end what receives in ${folder}`, `dir=$1\n${END_SESSIONS}end_sessions\n`, folder);
