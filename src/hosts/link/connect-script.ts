import {OVER} from './over.js';

/** Asked for in place of a receiver, which no receiver can be named: the session stays open as long as its input does. */
export const HOLD = '-';

export const HOLDS = 'cm holds this session';

/** sshd drops some of many connections that begin at once (`MaxStartups`). */
const AT_ONCE = 4;

/**
 * `$1` folder, `$2` address, `$3` port, `$4` user, `$5` seconds an idle connection lives, `$6` how many connections, `$7` how many
 * streams there may be at once; then the known host keys. Where a connection does not open as many sessions as its share
 * of the streams is (`MaxSessions`), each stream gets a connection of its own. Prints the number and process
 * of each connection. The key is gone afterwards, whatever happened.
 * -oPasswordAuthentication and the agent are off: the one-time key or nothing.
 */
export const CONNECT = `umask 077
dir=$1 address=$2 port=$3 user=$4 idle=$5 count=$6 streams=$7
shift 7
trap 'rm -f "$dir/key" "$dir/key.pub"' EXIT
for key; do printf 'cm-target %s\\n' "$key"; done >"$dir/known_hosts"
connect() {
  ssh -F /dev/null -MNf -S "$dir/c$1" -i "$dir/key" -p "$port" -l "$user" \\
    -o IdentitiesOnly=yes -o IdentityAgent=none -o PreferredAuthentications=publickey \\
    -o BatchMode=yes -o StrictHostKeyChecking=yes -o HostKeyAlias=cm-target -o CheckHostIP=no \\
    -o UserKnownHostsFile="$dir/known_hosts" -o GlobalKnownHostsFile=/dev/null -o UpdateHostKeys=no \\
    -o Ciphers=aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr \\
    -o Compression=no -o ConnectTimeout=20 -o ServerAliveInterval=10 -o ServerAliveCountMax=3 \\
    -o ControlPersist="$idle" -- "$address" </dev/null >/dev/null 2>"$dir/log$1"
}
made=0
connect_until() {
  while [ "$made" -lt "$1" ]; do
    pids=
    for _ in ${Array.from({length: AT_ONCE}, (_, index) => index + 1).join(' ')}; do
      [ "$made" -lt "$1" ] || break
      connect "$made" &
      pids="$pids $!"
      made=$((made + 1))
    done
    for pid in $pids; do
      wait "$pid" || { cat "$dir"/log* >&2; exit 1; }
    done
  done
}
opens_at_once() {
  [ "$1" -gt 1 ] || return 0
  mkfifo "$dir/input"
  exec 9<>"$dir/input"
  held=0
  while [ "$held" -lt "$1" ]; do
    answer=$dir/answer$held
    mkfifo "$answer"
    ${OVER} -S "$dir/c0" cm ${HOLD} <"$dir/input" >"$answer" 2>/dev/null 9>&- &
    grep -qx '${HOLDS}' "$answer" 9>&- || break
    held=$((held + 1))
  done
  exec 9>&-
  wait
  rm "$dir/input" "$dir"/answer*
  [ "$held" -eq "$1" ]
}
connect_until "$count"
opens_at_once $(((streams + count - 1) / count)) || connect_until "$streams"
i=0
while [ "$i" -lt "$made" ]; do
  ${OVER} -S "$dir/c$i" -O check cm 2>&1 | sed -n "s/.*pid=\\([0-9]*\\).*/$i \\1/p"
  i=$((i + 1))
done
`;
