import {insidePart} from './network-inside.js';
import {settingsPart} from './network-settings.js';

/**
 * What a checkpoint of a running container would meet: read from `/proc` in one pass over all of its
 * processes, with a fixed number of programs however many processes there are. Text that a program in
 * the container chose (file names, socket names, command lines) is printed only behind a prefix, so
 * that it cannot begin a section.
 */

/** Once for a host: lines of CRIU's configuration that lift one of its limits. */
export const criuSettingsPart = `
section criu-settings
grep -hsE '^[[:space:]]*(ghost-limit|link-remap|irmap-scan-path)' /etc/criu/default.conf /etc/criu/runc.conf /etc/criu/crun.conf || :`;

/**
 * `grouped PID`: the processes of its control group, of whichever version. Those that were started with
 * \`exec\` are in the group and not in the tree below the first process.
 */
const groupText = `
grouped() {
  while IFS=: read -r number controllers path; do
    case $path in ''|/) continue ;; esac
    for folder in "/sys/fs/cgroup/\${controllers#name=}$path" "/sys/fs/cgroup/unified$path" "/sys/fs/cgroup$path"; do
      [ -e "$folder/cgroup.procs" ] || continue
      find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null || :
      return 0
    done
  done < "/proc/$1/cgroup" 2>/dev/null || :
}`;

/** Needs `pid`, `pids` (its tree) and `earlier` (its group, a moment ago). */
const processesText = `
  section earlier "$1"
  printf '%s\\n' "$earlier"
  section group "$1"
  group=$(grouped "$pid")
  printf '%s\\n' "$group"
  section commands "$1"
  grep -aHs . $(printf '/proc/%s/cmdline ' $group) 2>/dev/null | tr '\\0' ' ' | cut -c 1-200 | grep -a '^/proc/[0-9]*/cmdline:' || :
  section mount-namespaces "$1"
  find /proc/self/ns/mnt $(printf '/proc/%s/ns/mnt ' $group) -maxdepth 0 -printf '%p %l\\n' 2>/dev/null || :
  section namespaces "$1"
  find $(printf '/proc/%s/ns ' $pids) -type l -printf '%l\\n' 2>/dev/null | sort -u || :`;

/** Sockets of kinds that have no image, or whose image cannot be restored elsewhere. */
const socketsText = `
  section protocols "$1"
  sed -n 's/^\\(MPTCP[v6]*\\)  *[0-9][0-9]*  *\\([1-9][0-9]*\\) .*/\\1/p' "/proc/$pid/net/protocols" 2>/dev/null || :
  section own-protocols "$1"
  if has getfattr; then
    find $(printf '/proc/%s/fd ' $pids) -lname 'socket:*' -exec getfattr --absolute-names -n system.sockprotoname {} + 2>/dev/null | sed -n 's/^system.sockprotoname="\\([A-Za-z0-9_-]*\\)"$/\\1/p' | sort -u || :
  fi
  section ping "$1"
  cat "/proc/$pid/net/icmp" "/proc/$pid/net/icmp6" 2>/dev/null | sed -n 's/^ *[0-9]*: [0-9A-F:]* [0-9A-F:]* [0-9A-F]* [^ ]* [^ ]* [^ ]* *[0-9]* *[0-9]* \\([0-9]*\\) .*/\\1/p' || :
  section unix-peers "$1"
  if has ss && has nsenter; then
    within 15 nsenter --net="/proc/$pid/ns/net" -- ss --no-header --numeric --unix 2>/dev/null | sed -n 's/^u_[a-z]* .* \\([0-9][0-9]*\\)  *[^ ][^ ]*  *\\([1-9][0-9]*\\) *$/\\1 \\2/p' || :
  fi
  section multicast "$1"
  sed -n 's/^[[:space:]]*\\([0-9A-F]\\{8\\}\\)  *\\([0-9]*\\) .*/\\1/p' "/proc/$pid/net/igmp" 2>/dev/null | grep -v '^010000E0$' | sort -u || :`;

/**
 * Files that have no name any more, as `LINKS BLOCKS PATH` of the open file and `PATH NAME`; and queues,
 * and watches as `INODE DEVICE`.
 */
const openFilesText = `
  section deleted "$1"
  {
    find $(printf '/proc/%s/fd ' $pids) -maxdepth 1 -lname '/*(deleted)' ! -lname '/memfd:*' -print 2>/dev/null
    grep -Hs '(deleted)$' $(printf '/proc/%s/maps ' $pids) | grep -vE ' /(memfd:|SYSV|dev/zero |\\[)' | sed -n 's,^\\(/proc/[0-9]*/\\)maps:0*\\([0-9a-f]*\\)-0*\\([0-9a-f]*\\) .*,\\1map_files/\\2-\\3,p'
  } | head -n 2000 | xargs -r stat -L -c '%h %b %F|%n' 2>/dev/null | sed -n 's/^\\([0-9]* [0-9]*\\) regular[a-z ]*file|/\\1 /p' | head -n 100 || :
  section deleted-names "$1"
  find $(printf '/proc/%s/fd ' $pids) -maxdepth 1 -lname '/*(deleted)' ! -lname '/memfd:*' -printf '%p %l\\n' 2>/dev/null | grep '^/proc/[0-9]*/fd/' | head -n 100 || :
  section shared-maps "$1"
  cat $(printf '/proc/%s/maps ' $pids) 2>/dev/null | sed -n 's,^[^ ]* ...s [^ ]* [^ ]* \\([1-9][0-9]*\\)  *\\(/.*\\)$,\\1 \\2,p' | sort -u | head -n 1000 || :
  section queues "$1"
  if grep -q ' /dev/mqueue [^-]* - mqueue ' "/proc/$pid/mountinfo" 2>/dev/null; then
    ls -A "/proc/$pid/root/dev/mqueue" 2>/dev/null | head -n 5 | sed 's/[^A-Za-z0-9._-]/?/g; s/^/queue /' || :
  fi
  section root-device "$1"
  sed -n 's/^[0-9]* [0-9]* \\([0-9]*:[0-9]*\\) [^ ]* \\/ .* - \\([^ ]*\\) .*/\\1 \\2/p' "/proc/$pid/mountinfo" 2>/dev/null | tail -n 1 || :
  section watches "$1"
  if ls -ln $(printf '/proc/%s/fd ' $pids) 2>/dev/null | grep -q 'anon_inode:inotify$'; then
    find $(printf '/proc/%s/fdinfo ' $pids) -type f -exec grep -hs '^inotify ' {} + 2>/dev/null | sed -n 's/^inotify wd:[0-9a-f]* ino:\\([0-9a-f]*\\) sdev:\\([0-9a-f]*\\) .*/\\1 \\2/p' | sort -u | head -n 500 || :
    section found-watches "$1"
    find "/proc/$pid/root/etc" "/proc/$pid/root/var/spool" "/proc/$pid/root/var/log" "/proc/$pid/root/usr/lib/udev" -xdev -printf '%i\\n' 2>/dev/null | head -n 20000 || :
  fi`;

/** `obstacles N`: all of it, for the container that `weigh` has just looked at. */
export const workloadPart = `${groupText}
obstacles() {${processesText}${socketsText}${openFilesText}${settingsPart}${insidePart}
}`;
