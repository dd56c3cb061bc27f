import {mountNamespace} from '../host/refuse-receiver.js';
import {usualSettingsPart} from './network-settings.js';
import {criuSettingsPart, workloadPart} from './workload-script.js';

/**
 * Pieces of the surveys of all engines: what a host is, whatever runs its containers. Everything here may
 * be missing on some host, so nothing may end the script; a section whose program is missing stays empty.
 */

export const toolsPart = `
has() { command -v "$1" >/dev/null 2>&1; }
within() { if has timeout; then timeout "$@"; else shift; "$@"; fi; }`;

/** CRIU, kernel, processor, control groups, memory. */
export const machinePart = `
section criu
if has criu; then
  criu --version 2>/dev/null || :
  section criu-check
  within 30 criu check 2>&1 && section criu-good || :
  within 30 criu check --feature mem_dirty_track >/dev/null 2>&1 && section criu-tracking || :
fi
section libcriu
{ ldconfig -p || ls /usr/lib/libcriu.so.2 /usr/lib64/libcriu.so.2 /usr/lib/*/libcriu.so.2; } 2>/dev/null | grep -c 'libcriu\\.so\\.2' || :
section uname
uname -m || :
uname -r || :
section cpu
grep -m1 '^model name' /proc/cpuinfo || :
grep -m1 -E '^(flags|Features)' /proc/cpuinfo || :
section cgroups
grep -hE ' cgroup2? ' /proc/mounts || :
section rights
sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/self/status 2>/dev/null || :
section own-cgroup
cat /proc/self/cgroup 2>/dev/null || :
section memory-free
grep '^MemAvailable:' /proc/meminfo || :
section scratch-free
df -Pk /run 2>/dev/null || :`;

/** Programs that moves start. */
export const programsPart = `
section programs
for program in bash curl dd flock ip mkfifo mount nft nsenter pivot_root rsync sha256sum ssh tar timeout umount unshare zstd; do
  if has "$program"; then echo "$program"; fi
done
if unshare -m --propagation slave true 2>/dev/null; then echo ${mountNamespace}; fi`;

/** Ports that somebody listens on, file locks, and limits that were lifted for CRIU. */
export const listeningPart = `${criuSettingsPart}${usualSettingsPart}
section listening-tcp
grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null || :
section listening-udp
grep -h ' 07 ' /proc/net/udp /proc/net/udp6 2>/dev/null || :
section own-addresses
grep -B 1 'host LOCAL' /proc/net/fib_trie 2>/dev/null | sed -n 's/^[ |+-]*\\([0-9.][0-9.]*\\)$/\\1/p' | sort -u || :
cut -d ' ' -f 1 /proc/net/if_inet6 2>/dev/null || :
section locks
cat /proc/locks 2>/dev/null || :`;

/**
 * What a container that is to leave holds. CRIU dumps the tree of processes below the first one, so
 * that tree is what is looked at. Sizes that take longer than 15 s to count are left out. `fixed N FOLDER` tells the first files
 * that nobody can change or remove (`chattr +i`, `+a`), as far as they are found within 5 s.
 */
export const weighPart = `${workloadPart}
tree() {
  queue=$1
  while [ -n "$queue" ]; do
    next=
    for p in $queue; do
      [ -d "/proc/$p" ] || continue
      echo "$p"
      for t in "/proc/$p"/task/*/children; do
        c=
        { read -r c < "$t"; } 2>/dev/null || :
        next="$next $c"
      done
    done
    queue=$(echo $next)
  done
}
devices() {
  ls -ln $(printf '/proc/%s/fd ' $pids) 2>/dev/null | sed -n 's/^.* -> \\(\\/dev\\/.*\\)$/\\1/p' || :
  cat $(printf '/proc/%s/maps ' $pids) 2>/dev/null | sed -n 's/^.* \\(\\/dev\\/.*\\)$/\\1/p' || :
}
size() { within 15 du -skx "$1" 2>/dev/null | cut -f 1 || :; }
fixed() {
  section fixed "$1"
  has lsattr || return 0
  within 5 find "$2" -xdev '(' -type f -o -type d ')' -exec lsattr -d -- {} + 2>/dev/null |
    sed -n 's,^[-a-zA-Z]*[ia][-a-zA-Z]*  *\\(/.*\\)$,\\1,p' | head -n 3 || :
}
weigh() {
  pid=$2
  earlier=$(grouped "$pid")
  pids=$(tree "$pid")
  section pids "$1"
  printf '%s\\n' "$pids"
  section rootfs "$1"
  [ -z "$3" ] || size "$3"
  [ -z "$3" ] || fixed "$1" "$3"
  [ -n "$pids" ] || return 0
  section memory "$1"
  cat $(printf '/proc/%s/smaps_rollup ' $pids) 2>/dev/null | grep '^Pss:' || cat $(printf '/proc/%s/status ' $pids) 2>/dev/null | grep '^VmRSS:' || :
  section shm "$1"
  size "/proc/$pid/root/dev/shm"
  if [ "$(readlink "/proc/$pid/ns/net")" = "$(readlink /proc/self/ns/net)" ]; then section host-network "$1"; fi
  section tcp "$1"
  cat "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" 2>/dev/null | sed -n 's/^ *[0-9]*: [0-9A-F:]* \\([0-9A-F:]*\\) 01 [^ ]* [^ ]* [^ ]* *[0-9]* *[0-9]* \\([0-9]*\\) .*/\\1 \\2/p' || :
  section files "$1"
  ls -ln $(printf '/proc/%s/fd ' $pids) 2>/dev/null | sed -n -e 's/^.* -> \\(anon_inode:.*\\)$/\\1/p' -e 's/^.* -> \\(socket:.*\\)$/\\1/p' | sort -u || :
  section devices "$1"
  devices | sort -u | while IFS= read -r path; do
    if [ -c "/proc/$pid/root$path" ] || [ -b "/proc/$pid/root$path" ]; then printf '%s\\n' "$path"; fi
  done
  section signals "$1"
  sed -n -E '/^(NSpid|SigBlk|SigIgn|SigCgt):/p' "/proc/$pid/status" 2>/dev/null || :
  section users "$1"
  sed -n 's/^Uid:[^0-9]*\\([0-9]*\\).*/\\1/p' $(printf '/proc/%s/status ' $pids) 2>/dev/null | sort -u || :
  section tracers "$1"
  # CRIU, where another run is dumping this container, is no debugger: that run holds the lease.
  for tracer in $(cat $(printf '/proc/%s/status ' $pids) 2>/dev/null | sed -n 's/^TracerPid:[^0-9]*\\([1-9][0-9]*\\)$/\\1/p' | sort -u); do
    [ "$(cat "/proc/$tracer/comm" 2>/dev/null)" = criu ] || printf 'TracerPid:\\t%s\\n' "$tracer"
  done
  obstacles "$1"
}
kind() {
  if [ -S "$1" ]; then echo socket; elif [ -b "$1" ] || [ -c "$1" ]; then echo device
  elif [ -p "$1" ]; then echo pipe; elif [ -d "$1" ]; then echo folder
  elif [ -e "$1" ]; then echo file; else echo missing; fi
}`;

/**
 * The questions come as words: `weigh N PID UPPER`, then `mount N KIND PATH` for its mounts; `land N KIND PATH`.
 * `$volumes` holds lines of a volume's name, a tab and its folder.
 */
export const answerPart = `
mountpoint() {
  printf '%s\\n' "$volumes" | while IFS='	' read -r name path; do
    if [ "$name" = "$1" ]; then printf '%s\\n' "$path"; fi
  done
}
land() {
  section landing "$1"
  path=$3
  [ "$2" != volume ] || path=$(mountpoint "$3")
  [ -n "$path" ] && [ -e "$path" ] || return 0
  kind "$path"
  if [ -d "$path" ]; then
    [ -n "$(ls -A "$path" 2>/dev/null | head -n 1)" ] || echo empty
  elif [ ! -s "$path" ]; then echo empty; fi
}
while [ $# -gt 0 ]; do
  case $1 in
    weigh) weigh "$2" "$3" "$4" ;;
    mount)
      section mount "$2"
      path=$4
      [ "$3" != tmpfs ] || path=/proc/$pid/root$4
      kind "$path"
      size "$path"
      [ "$3" = tmpfs ] || fixed "$2" "$path" ;;
    land) land "$2" "$3" "$4" ;;
  esac
  shift 4
done
section end`;
