import {script, type Command} from '../../base/command.js';
import {inTurn} from '../../base/compose.js';
import {CONFINE, IN_OWN_MOUNTS} from '../../base/confine.js';
import {shellWord} from '../../base/shell-word.js';
import {
  CHANGED_FILES,
  COPY_OPTIONS,
  HARD_LINKED,
  IN_PLACE,
  REPEATED,
  SETTLED,
} from '../../base/folder-copy.js';

/** Disks are slow and large: what is done while nobody waits for it has a day. */
const dayMs = 86_400_000;

/** What is streamed by `checkpoint.send`, as a file of the checkpoint's folder. */
export const STREAM = 'checkpoint.tar';

/** The container as it was found, by which it can be made again. */
const DESCRIPTION = 'container.json';

export const descriptionOf = (folder: string): string => `${folder}/${DESCRIPTION}`;

export const partOf = (folder: string): string => `${folder}.part`;

/**
 * `$1` the folder while it is made, and in the second text `$2` bytes that are needed, `$3` length of the
 * description, which is its input. Whoever is here holds the lease, so what is not whole is of a run that died. Memory holds
 * secrets: a file system that knows no modes, or a folder that is somebody else's, gets none. Nor does one that others could
 * put another in place of: whoever may write to a folder above it, unless only owners may rename things there.
 */
const ownText = `part=$1
others_may_write() {
  mode=$(stat -Lc %a -- "$1")
  case $mode in
    [1357]???) return 1 ;;
    *[2367] | *[2367]?) return 0 ;;
    *) return 1 ;;
  esac
}
safe_above() {
  above=$1
  while [ "$above" != / ]; do
    above=\${above%/*}
    above=\${above:-/}
    [ "$(stat -Lc %u -- "$above")" = 0 ] || [ -O "$above" ] || { echo "$above belongs to another user, who could put another folder in the place of $owner" >&2; return 1; }
    if others_may_write "$above"; then echo "$above can be written to by others, who could put another folder in the place of $owner; chmod go-w $above" >&2; return 1; fi
  done
}
umask 077
owner=\${part%/*}
mkdir -p -- "$owner"
for folder in "\${owner%/*}" "$owner"; do
  [ -d "$folder" ] && [ ! -L "$folder" ] && [ -O "$folder" ] || { echo "$folder belongs to somebody else, and memory may hold secrets" >&2; exit 77; }
done
safe_above "$owner" && safe_above "$(readlink -f -- "$owner")" || exit 77
chmod 700 -- "$owner"
case $(stat -c %a -- "$owner") in *700) ;; *) echo "others can read $owner, and memory may hold secrets" >&2; exit 77 ;; esac
rm -rf --one-file-system -- "$owner"/*.part`;

const roomText = `${ownText}
needed=$2 length=$3
free=$(df -PB1 -- "$owner" | awk 'NR == 2 {print $4}')
[ "$free" -ge "$needed" ] || { echo "$owner has room for $((free / 1048576)) MiB, and $((needed / 1048576)) MiB are needed" >&2; exit 28; }
mkdir -- "$part"
timeout 20 cat > "$part/${DESCRIPTION}" || :
[ "$(wc -c < "$part/${DESCRIPTION}")" -eq "$length" ] || { rm -rf -- "$part"; echo 'the description was cut off' >&2; exit 1; }`;

export function makeRoom(folder: string, needed: number, description: string): Command {
  const length = new TextEncoder().encode(description).length;
  const words = [partOf(folder), String(needed), String(length)];
  return {...script(`make room in ${folder}`, roomText, ...words), stdin: description};
}

export const makeOwn = (folder: string): Command =>
  script(`make room in ${folder}`, `${ownText}\nmkdir -- "$part"`, partOf(folder));

const dropText = `rm -rf --one-file-system -- "$1"
rmdir -- "\${1%/*}" 2>/dev/null || :`;

/** Nothing is left of what is not whole; one that is whole stays. */
export const dropPart = (folder: string): Command => ({
  ...script(`rm -r ${partOf(folder)}`, dropText, partOf(folder)),
  timeoutMs: dayMs,
});

export const dropKept = (folder: string): Command => ({
  ...script(`rm -r ${folder}`, 'rm -rf --one-file-system -- "$1" "$1.part"', folder),
  timeoutMs: dayMs,
});

const confineText = `confine=${shellWord(CONFINE)}`;

/**
 * The passes of a link, on one host, by an rsync that sees the two folders and nothing else of it; see base/folder-copy. `$1` from, `$2` to, `$3` the record of the first pass or
 * empty, `$4` `live` for a first pass, `back` where no name in the path of `$2` may be a link, `$5` `real` where no name in the path of `$1` may be a link. 24: files that vanished meanwhile. Without a record every file is compared by
 * content; only those that differ are written, except where files have second names, which must not be written through.
 */
const copyText = `${confineText}
${SETTLED}
${CHANGED_FILES}
${HARD_LINKED}
${REPEATED}
export LC_ALL=C
from=$1 to=$2 facts=$3 pass=$4 real=$5 identity=
[ -z "$real" ] || settled "$from"
read_from=$identity identity= list=/dev/null
[ -d "$to" ] || mkdir -p -- "$(timeout 20 readlink -m -- "$to")"
[ ! -L "$to" ] || settled "$(readlink -- "$to")"
[ "$pass" != back ] || settled "$to"
place=${IN_PLACE} content=--checksum
! hardLinked "$to/" || place= content=--ignore-times
confined() {
  reads=$from reads_identity=$read_from ${IN_OWN_MOUNTS} sh -c "$confine" cm "$root" "$to" "$identity" '' "$@" <"$list"
}
copy() { repeated confined rsync ${COPY_OPTIONS.map((word) => `'${word}'`).join(' ')} $place "$@" -- /from/ /to/; }
mkdir -p /run/cm
root=$(mktemp -d /run/cm/copy.XXXXXX)
trap 'rmdir -- "$root"' EXIT
if [ "$pass" = live ]; then
  (umask 077; record "$from" "$facts")
  code=0
  copy --ignore-times --delete || code=$?
  [ "$code" = 0 ] || [ "$code" = 24 ] || exit "$code"
elif [ -n "$facts" ] && changes "$from" "$facts"; then
  list=$facts.changed
  [ ! -s "$list" ] || copy --ignore-times --force --from0 --files-from=-
  copy --delete
else
  copy "$content" --delete
fi`;

interface Copied {
  readonly source: string;
  /** No name in its path is a symbolic link. */
  readonly isReal: boolean;
}

const copying = (
  {source, isReal}: Copied,
  to: string,
  facts: string,
  text = copyText,
  pass = '',
): Command => ({
  ...script(`rsync ${source} → ${to}`, text, source, to, facts, pass, isReal ? 'real' : ''),
  timeoutMs: dayMs,
});

/** A first pass. `facts`: where what is in the folder is written down for the last one. */
export const copyFolder = (from: Copied, to: string, facts: string): Command =>
  copying(from, to, facts, copyText, 'live');

/**
 * Where the checkpoint has such a folder; one that the plan did not have copied stays as it is. `isReal`: no name in the path of
 * `to` may be a link.
 */
export const copyBack = (from: string, to: string, isReal = false): Command =>
  copying(
    {source: from, isReal: false},
    to,
    '',
    `[ -d "$1" ] || exit 0\n${copyText}`,
    isReal ? 'back' : '',
  );

/** A last pass, as soon as nothing in it runs any more. */
export const copyOnce = (frozen: Command, from: Copied, to: string, facts: string): Command => ({
  ...inTurn(`rsync ${from.source} → ${to}`, frozen, copying(from, to, facts)),
  timeoutMs: dayMs,
});

/**
 * What is in the container, without asking anybody in it: processes that share the first one's process
 * namespace, with their numbers there, and the sockets of its network. `$1` its first process, `$2` a
 * file for the answer. Never an error: it is for people.
 */
const factsText = `pid=$1
umask 077
{
  space=$(readlink "/proc/$pid/ns/pid" || :)
  for folder in /proc/[0-9]*; do
    [ "$(readlink "$folder/ns/pid")" = "$space" ] || continue
    awk '/^Name:/ {sub(/^Name:[ \\t]*/, ""); name = $0} /^PPid:/ {parent = $2} /^Pid:/ {pid = $2} /^NSpid:/ {inner = $NF} END {if (pid) print "process", pid, parent, inner, name}' "$folder/status"
  done
  nsenter -t "$pid" -n ss -Hnatu | head -n 1000 | awk '{print "socket", $1, $2, $5, $6}'
  nsenter -t "$pid" -n ss -Hlnx | head -n 1000 | awk '{print "socket", $1, $2, $5}'
} 2>/dev/null > "$2" || :`;

export const writeFacts = (pid: number, file: string): Command =>
  script('see what is in it', factsText, String(pid), file);

/** Every file of the folder `$1`, whatever its name is. */
const sumsOf = `sums_of() { (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | nice -n 10 xargs -0 -r sha256sum --); }`;

/**
 * `$1` the folder, `$2` the facts, `$3` and `$4` when it was frozen and when it served again; then the
 * copied folders. Answers with all that the manifest needs, see `readSealed`.
 */
const measureText = `part=$1 facts=$2 since=$3 until=$4; shift 4
${sumsOf}
cd "$part"
for key in "$@"; do
  [ -d "$key" ] || continue
  sums_of "$key" > "$key.sums"
  echo "folder $key $(du -sb -- "$key" | cut -f 1)"
done
for file in *; do
  if [ -f "$file" ] && [ "$file" != manifest.json ]; then
    echo "file $file $(stat -c %s -- "$file") $(nice -n 10 sha256sum -- "$file" | cut -c -64)"
  fi
done
if [ -s "$since" ] && [ -s "$until" ]; then echo "downtime $(($(cat "$until") - $(cat "$since")))"; fi
cat "$facts" 2>/dev/null || :
echo "bytes $(du -sb . | cut -f 1)"`;

export const measure = (folder: string, scratch: string, keys: readonly string[]): Command => ({
  ...script(
    `digests of ${folder}`,
    measureText,
    partOf(folder),
    `${scratch}/facts`,
    sinceIn(scratch),
    untilIn(scratch),
    ...keys,
  ),
  timeoutMs: dayMs,
});

/** What was in a folder when its first pass began. */
export const factsIn = (scratch: string, key: string): string => `${scratch}/folder.${key}`;
export const sinceIn = (scratch: string): string => `${scratch}/since`;
export const untilIn = (scratch: string): string => `${scratch}/until`;

/** `$1` the folder, `$2` length of the manifest. All of it is on the disk before it is called whole. */
const sealText = `folder=$1 part=$1.part
umask 077
if [ ! -d "$part" ] && [ -e "$folder/manifest.json" ]; then exit 0; fi
timeout 20 cat > "$part/manifest.json" || :
[ "$(wc -c < "$part/manifest.json")" -eq "$2" ] || { rm -f -- "$part/manifest.json"; echo 'the manifest was cut off' >&2; exit 1; }
sync -f -- "$part" 2>/dev/null || sync
mv -T -- "$part" "$folder"
sync -f -- "\${folder%/*}" 2>/dev/null || sync`;

export function seal(folder: string, manifest: string): Command {
  const length = new TextEncoder().encode(manifest).length;
  return {
    ...script(`write down ${folder}`, sealText, folder, String(length)),
    stdin: manifest,
    timeoutMs: dayMs,
  };
}

/** `$1` the folder; the digests of its files are the input, those of copied folders are in such files. */
const checkText = `cd "$1"
${sumsOf}
wrong=$(sha256sum -c --quiet - 2>/dev/null) || { echo "$1 is not what was kept: $(printf '%s' "$wrong" | head -n 3 | tr '\\n' ' ')" >&2; exit 65; }
for sums in *.sums; do
  [ -e "$sums" ] || continue
  sums_of "\${sums%.sums}" | cmp -s - "$sums" || { echo "$1/\${sums%.sums} is not what was kept" >&2; exit 65; }
done`;

export const checkKept = (
  folder: string,
  files: readonly {readonly path: string; readonly sha256: string}[],
): Command => ({
  ...script(`check ${folder}`, checkText, folder),
  stdin: files.map(({path, sha256}) => `${sha256}  ${path}\n`).join(''),
  timeoutMs: dayMs,
});
