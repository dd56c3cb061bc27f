import {scriptHead} from './sections.js';

/**
 * What a podman host is: one answer in sections. Everything here may be missing on some host, so
 * nothing may end the script; a section whose program is missing stays empty.
 */
const hostPart = `
has() { command -v "$1" >/dev/null 2>&1; }
within() { if has timeout; then timeout "$@"; else shift; "$@"; fi; }
info=$(podman info --format json 2>/dev/null || :)
section info
printf '%s\\n' "$info"
section criu
if has criu; then
  criu --version 2>/dev/null || :
  section criu-check
  within 10 criu check 2>&1 && section criu-good || :
  within 10 criu check --feature mem_dirty_track >/dev/null 2>&1 && section criu-tracking || :
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
section own-cgroup
cat /proc/self/cgroup 2>/dev/null || :
section memory-free
grep '^MemAvailable:' /proc/meminfo || :
section scratch-free
df -Pk /run 2>/dev/null || :
section store-free
store=$(printf '%s\\n' "$info" | sed -n 's/^ *"graphRoot": "\\(.*\\)",*$/\\1/p' | head -n 1)
df -Pk "\${store:-/var/lib/containers}" 2>/dev/null || :
section programs
for program in bash curl dd flock ip mkfifo nft nsenter rsync sha256sum ssh tar timeout zstd; do
  if has "$program"; then echo "$program"; fi
done
section networks
podman network ls --format json 2>/dev/null || :
section images
podman images -a --format json 2>/dev/null || :
section neighbours
ids=$(podman ps -aq --no-trunc 2>/dev/null || :)
[ -z "$ids" ] || podman container inspect --format '{"Id":{{json .ID}},"Name":{{json .Name}},"State":{"Running":{{json .State.Running}},"Status":{{json .State.Status}},"Paused":{{json .State.Paused}}},"NetworkSettings":{"Networks":{{json .NetworkSettings.Networks}}},"HostConfig":{"PortBindings":{{json .HostConfig.PortBindings}},"NetworkMode":{{json .HostConfig.NetworkMode}}},"Config":{"CreateCommand":{{json .Config.CreateCommand}},"Cmd":{{json .Config.Cmd}}},"Mounts":{{json .Mounts}}}' $ids 2>/dev/null || :
section listening-tcp
grep -h ' 0A ' /proc/net/tcp /proc/net/tcp6 2>/dev/null || :
section listening-udp
grep -h ' 07 ' /proc/net/udp /proc/net/udp6 2>/dev/null || :
section locks
cat /proc/locks 2>/dev/null || :`;

/**
 * What a container that is to leave holds. CRIU dumps the tree of processes below the first one, so
 * that tree is what is looked at. Sizes that take longer than 15 s to count are left out.
 */
const weighPart = `
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
weigh() {
  pid=$2
  pids=$(tree "$pid")
  section pids "$1"
  printf '%s\\n' "$pids"
  section rootfs "$1"
  [ -z "$3" ] || size "$3"
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
  section tracers "$1"
  cat $(printf '/proc/%s/status ' $pids) 2>/dev/null | grep '^TracerPid:' | grep -v '[^0-9]0$' || :
}
kind() {
  if [ -S "$1" ]; then echo socket; elif [ -b "$1" ] || [ -c "$1" ]; then echo device
  elif [ -p "$1" ]; then echo pipe; elif [ -d "$1" ]; then echo folder
  elif [ -e "$1" ]; then echo file; else echo missing; fi
}`;

/** The questions come as words: `weigh N PID UPPER`, then `mount N KIND PATH` for its mounts; `land N KIND PATH`. */
const answerPart = `
volumes=$(podman volume ls --format '{{.Name}}\\t{{.Mountpoint}}' 2>/dev/null || :)
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
      size "$path" ;;
    land) land "$2" "$3" "$4" ;;
  esac
  shift 4
done
section end`;

export const surveyScript = [scriptHead, hostPart, weighPart, answerPart].join('\n');
