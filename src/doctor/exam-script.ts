import {scriptHead} from '../engines/host/sections.js';

/**
 * What a host is, whichever engine it has. It only reads, as any user, on any machine with a POSIX
 * shell; what cannot be found out stays empty. The time comes first, so that whoever waits for it can
 * compare clocks. Names of folders are the parts of paths that `cm` itself makes, and nothing else.
 */
const text = `
has() { command -v "$1" >/dev/null 2>&1; }
within() { if has timeout; then timeout "$@"; else shift; "$@"; fi; }
section now
date +%s.%N
section user
id -u || :
id -un || :
section os
cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null || :
section uname
uname -m || :
uname -r || :
section uptime
cut -d ' ' -f 1 /proc/uptime 2>/dev/null || :
section bounding
sed -n 's/^CapBnd:[^0-9a-f]*//p' /proc/self/status 2>/dev/null || :
section selinux
{ getenforce || { case $(cat /sys/fs/selinux/enforce) in 1) echo Enforcing ;; 0) echo Permissive ;; esac; }; } 2>/dev/null || :
section apparmor
cat /sys/module/apparmor/parameters/enabled 2>/dev/null || :
section ptrace
cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || :
section cgroups
grep -hE ' cgroup2? ' /proc/mounts 2>/dev/null || :
section freezer
own=$(sed -n 's/^0:://p' /proc/self/cgroup 2>/dev/null || :)
for file in /sys/fs/cgroup$own/cgroup.freeze /sys/fs/cgroup/*/cgroup.freeze /sys/fs/cgroup/unified/*/cgroup.freeze /sys/fs/cgroup/freezer; do
  if [ -e "$file" ]; then echo yes; break; fi
done
section run
stat -f -c %T /run 2>/dev/null || :
df -Pk /run 2>/dev/null || :
section writable
for folder in /run /var/lib "\${TMPDIR:-/tmp}"; do
  if [ -d "$folder" ] && [ -w "$folder" ]; then printf '%s\\n' "$folder"; fi
done
section tmp
printf '%s\\n' "\${TMPDIR:-/tmp}"
section programs
for program in bash chronyc curl docker flock incus kubelet nft nsenter podman pv rsync ssh tar timedatectl timeout zstd; do
  if has "$program"; then echo "$program"; fi
done
section not-executable
rest=$PATH:
while [ -n "$rest" ]; do
  folder=\${rest%%:*} rest=\${rest#*:}
  for program in criu crun docker flock nft nsenter podman pv rsync runc ssh tar timeout; do
    if [ -n "$folder" ] && [ -f "$folder/$program" ] && [ ! -x "$folder/$program" ] && ! has "$program"; then echo "$folder/$program"; fi
  done
done
version() {
  if has "$1"; then
    printf '%s\\t' "$1"
    { within 5 "$@" 2>/dev/null </dev/null || :; } | tr '\\t' ' ' | head -n 1
    echo
  fi
}
section versions
version podman --version
version docker --version
version containerd --version
version runc --version
version crun --version
version criu --version
version incus --version
version lxc --version
version kubelet --version
version k3s --version
version rsync --version
if has ssh; then printf 'ssh\\t'; ssh -V 2>&1 </dev/null | head -n 1 || :; fi
section folders
for folder in /run/cm/*/*; do
  case $folder in /run/cm/leases/* | /run/cm/busy/*) continue ;; esac
  if [ -d "$folder" ]; then
    owner=
    { [ ! -f "$folder/owner" ] || IFS= read -r owner <"$folder/owner"; } 2>/dev/null || :
    printf '%s\\t%s\\n' "$folder" "$owner"
  fi
done
section keys
sed -n 's/^restrict,.* \\(cm:[A-Za-z0-9_-]*:[A-Za-z0-9_-]*:[0-9][0-9]*\\)$/\\1/p' "\${HOME:-}/.ssh/authorized_keys" 2>/dev/null || :
section gates
{ within 5 nft list tables | sed -n 's/^table \\([a-z0-9]*\\) \\(cm_[0-9A-Za-z]*\\)$/\\1 \\2/p'; } 2>/dev/null || :
section holds
sed -n 's/^cm-quarantine \\([^ ]*\\) .*/\\1/p' /proc/mounts 2>/dev/null || :
section end`;

export const examScript = [scriptHead, text].join('\n');
