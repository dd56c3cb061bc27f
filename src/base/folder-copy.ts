/**
 * Everything that makes a file what it is: hard links, ACLs, xattrs (as root also `trusted.*`, which overlay whiteouts
 * need, and `security.capability`), holes, devices, numeric owners, times to the nanosecond. SELinux labels are the
 * target's own business, and cannot be set where SELinux is off.
 */
export const COPY_OPTIONS: readonly string[] = [
  '-aHAXS',
  '--numeric-ids',
  '--modify-window=-1',
  '--filter=-x security.selinux',
];

/**
 * Writes only the blocks that differ, which keeps the last pass over a database short. Where a file on the receiving
 * side has a second name, the second name would get the bytes too, so the receiving side drops this option when
 * `hardLinked` finds one: rsync then writes a new file and renames it, which can only change one name.
 */
export const IN_PLACE = '--inplace';

/**
 * `hardLinked FOLDER`, on the receiving side: succeeds when a regular file there has more than one name. Other kinds
 * have no content, so rsync may make them again. A second name of a symbolic link is removed, since owner and mode
 * would reach what it is linked to. Devices, pipes and sockets are all removed: without `/proc`, which a confined
 * receiver does not have, rsync changes the mode of none and says nothing (seen with 3.5.0).
 */
export const HARD_LINKED = `hardLinked() {
  linked=$(find "$1" ! -type d ! -type f ! -type l -delete -o ! -type d -links +1 \\( -type f -printf x -o -delete \\)) || return 0
  [ -n "$linked" ]
}`;

/** Exit codes of `settled` and `changes`. */
export const OTHER_FOLDER = 66;
export const DELETES_MUCH = 67;
export const LEADS_ELSEWHERE = 68;

/**
 * `settled PATH`: ends the script where a name in the path has become a symbolic link. Afterwards `identity` is the device and the
 * inode of the folder.
 */
export const SETTLED = `settled() {
  at=$(cd -P -- "$1/" && stat -c %d:%i . && pwd -P)
  identity=\${at%%/*} at=/\${at#*/}
  identity=\${identity%?}
  [ "$at" = "$1" ] || {
    printf '"%s" leads to "%s" now, and led nowhere else when the plan was made\\n' "$1" "$at" >&2
    exit ${LEADS_ELSEWHERE}
  }
}`;

/**
 * rsync's own code for files that could not be copied whole. It also ends so when a hard link has taken the place of a
 * folder: it then asks the link for the folder's ACL. The link is in place by then, so one repetition succeeds.
 */
export const PARTIAL = 23;

/** `repeated WORD…` runs it, and once more when it ends so. */
export const REPEATED = `repeated() {
  "$@" && return || code=$?
  [ "$code" = ${PARTIAL} ] || return "$code"
  "$@"
}`;

/**
 * How a later pass knows which files may have changed since an earlier one. Size and modification time do not tell:
 * a program can set the time back, and writes through a shared mapping need not move it at all.
 *
 * `record FOLDER FILE`, before the first pass reads anything, writes down the name, inode, device and change time of
 * every regular file. No program can set a change time. Afterwards everything dirty is written out, which write-protects
 * the pages of shared mappings, so that the next write through one moves the change time. File systems in memory do
 * not do that. So every file that somebody on the host has mapped for writing is written down without its facts, like
 * every file that changed within the last three seconds, since the clock of a file system may be that coarse.
 * Where change times cannot be trusted (network and FUSE file systems, FAT), nothing is written down.
 *
 * `changes FOLDER FILE`, once nobody writes any more, writes the names of all files whose facts differ, or that have
 * none, into FILE.changed. It fails when there is no record, and then every file has to be compared by content. A
 * renamed or replaced file, one below a renamed folder, and one whose number of names changed have other facts, too.
 *
 * It ends the script when the folder is another one than before, or when more than half of the files, and more than
 * ten, have lost their names: then the last pass would delete what the first one brought.
 *
 * Entries end with NUL. A name never contains `//`, so `//` ends it.
 */
export const CHANGED_FILES = `under() {
  realpath -- "$1" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g' | {
    IFS= read -r top
    while read -r _ _ _ _ at rest; do
      case $at in "$top"/*) kind=\${rest#*- }; printf '%s %s\\n' "\${kind%% *}" "$at" ;; esac
    done </proc/self/mountinfo
  }
}
trusted() {
  case $(stat -f -c %T -- "$1") in
    ext2/ext3|xfs|btrfs|f2fs|zfs|bcachefs|jfs|reiserfs|nilfs|overlayfs) mapped='.w.s' ;;
    tmpfs|ramfs) mapped='...s' ;;
    *) return 1 ;;
  esac
  under "$1" | (while read -r kind _; do
    case $kind in ext[234]|xfs|btrfs|f2fs|zfs|bcachefs|jfs|reiserfs|nilfs2|overlay) ;; *) exit 1 ;; esac
  done)
}
mapped() {
  { printf '%s\\0' /proc/[0-9]*/maps
    grep -lsE '^State:.(Z|X)' /proc/[0-9]*/status | while IFS= read -r status; do
      printf '%s\\0' "\${status%/status}"/task/[0-9]*/maps
    done
  } | xargs -0 cat 2>/dev/null |
    sed -n -e "s|^[^ ]* $1 [^ ]* [^ ]* \\([1-9][0-9]*\\) *\\(/.*\\)\\$|//i\\1 \\n\\2//|p" |
    sed -e 's| (deleted)//$|//|' -e 's|^/\\([^/]\\)|\\1|' | LC_ALL=C sort -u
}
record() {
  rm -f "$2.facts"
  trusted "$1" || return 0
  recent=$(($(date +%s) - 3))
  stat -c '%d %i' -- "$1/." >"$2.top"
  { (cd -- "$1" && find . -type f \\( -newerct "@$recent" -printf '%P//\\0' -o -printf '%P//i%i d%D c%C@\\0' \\)) 2>/dev/null || :; } |
    gzip -1 >"$2.found"
  mapped "$mapped" >"$2.mapped"
  sync -f -- "$1" 2>/dev/null || sync
  { gzip -dc "$2.found" | { LC_ALL=C grep -z -v -F -f "$2.mapped" || :; }
    gzip -dc "$2.found" | { LC_ALL=C grep -z -F -f "$2.mapped" || :; } | LC_ALL=C sed -z 's|//.*$|//|'
  } | LC_ALL=C sort -z | gzip -1 >"$2.sorted"
  rm -f "$2.found" "$2.mapped"
  mv "$2.sorted" "$2.facts"
}
changes() {
  [ -s "$2.facts" ] || return 1
  [ "$(stat -c '%d %i' -- "$1/.")" = "$(cat "$2.top")" ] || {
    printf '%s\n' "$1 is not the folder that the first pass copied: what was mounted there is gone, or something else is" >&2
    exit ${OTHER_FOLDER}
  }
  (cd -- "$1" && find . -type f -printf '%P//i%i d%D c%C@\\0') >"$2.now" || return 1
  LC_ALL=C sort -z -o "$2.now" "$2.now"
  gzip -dc "$2.facts" | LC_ALL=C comm -z -3 --output-delimiter=// - "$2.now" >"$2.differ"
  guard "$2"
  LC_ALL=C sed -z -n 's|^//\\(.*\\)//[^/]*$|\\1|p' "$2.differ" >"$2.changed"
  rm -f "$2.now" "$2.differ"
}
count() { tr -cd '\\0' | wc -c; }
guard() {
  before=$(gzip -dc "$1.facts" | count)
  other=$(LC_ALL=C grep -z -v '^//' "$1.differ" | count)
  [ "$((other * 2))" -gt "$before" ] || return 0
  gzip -dc "$1.facts" | LC_ALL=C sed -z 's|//.*$||' | LC_ALL=C sort -z >"$1.names"
  gone=$(LC_ALL=C sed -z 's|//.*$||' "$1.now" | LC_ALL=C sort -z | LC_ALL=C comm -z -23 "$1.names" - | count)
  rm -f "$1.names"
  if [ "$gone" -gt 10 ] && [ "$((gone * 2))" -gt "$before" ]; then
    echo "the last pass would delete $gone of the $before files that the first pass copied" >&2
    exit ${DELETES_MUCH}
  fi
}`;
