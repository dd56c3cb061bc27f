/**
 * `unlock_network PID`: opens the network of a container that runs, where a CRIU that was killed in the middle of a dump (out of
 * memory, or given up) has left it locked: the container goes on and hears nobody, old clients or new (seen with podman, docker
 * and runc). What CRIU makes (criu/net.c and criu/netfilter.c as of 4.2) is a chain `CRIU` in the namespace of the container that
 * drops all but its own packets, or a table `inet CRIU-…`, and that is all that is taken away; a chain of this name with anything else in
 * it is somebody else's. Not in the namespace of the host, where CRIU locks connections one by one; and not while somebody in
 * this namespace is dumped. Connections that were open do not come back: CRIU had them in its hands.
 */
export const unlockText = `dumped_in() {
  for entry in $(grep -lsaE '^criu: dump ' /proc/[0-9]*/cmdline); do
    dumped=$(tr '\\0' ' ' < "$entry" 2>/dev/null | sed -n 's/.* -t \\([0-9]*\\).*/\\1/p')
    [ "$(readlink "/proc/$dumped/ns/net" 2>/dev/null)" != "$1" ] || return 0
  done
  return 1
}
unlock_network() (
  netns=/proc/$1/ns/net tries=0
  own=$(readlink "$netns" 2>/dev/null) || exit 0
  [ "$own" != "$(readlink /proc/self/ns/net)" ] || exit 0
  while dumped_in "$own"; do
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || exit 0
    sleep 0.1
  done
  inside() { nsenter --net="$netns" -- "$@"; }
  for tables in iptables ip6tables; do
    rules=$(inside "$tables-save" 2>/dev/null | sed -n '/^[*]filter$/,/^COMMIT$/p' | grep -wF CRIU || :)
    [ -n "$rules" ] || continue
    if printf '%s\\n' "$rules" | grep -qvxE ':CRIU - .*|-A (INPUT|OUTPUT) -j CRIU|-A CRIU -m mark --mark 0xc114 -j ACCEPT|-A CRIU -j DROP'; then continue; fi
    printf '%s\\n' '*filter' "$(printf '%s\\n' "$rules" | sed -n 's/^-A \\(.* -j CRIU\\)$/-D \\1/p')" COMMIT | inside "$tables-restore" -w --noflush
    printf '%s\\n' '*filter' '-F CRIU' '-X CRIU' COMMIT | inside "$tables-restore" -w --noflush
  done
  for table in $(inside nft list tables 2>/dev/null | sed -n 's/^table inet \\(CRIU-[0-9A-Za-z_-]*\\)$/\\1/p'); do
    inside nft delete table inet "$table"
  done
)`;
