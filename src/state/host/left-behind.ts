import {script, type Command} from '../../base/command.js';
import type {FilesOwner} from '../../engines/facts.js';
import {KEPT_FOLDER} from './host-files.js';

/**
 * Shell functions about the files of a container that are on a host where it does not live. `left_list PATH` prints one entry for
 * each file below a folder, ending in NUL: whatever a program, a person or a backup does to a file changes its ctime or its link
 * count. `left_file PATH` names the files that are kept about a folder, without their suffixes:
 *
 * - `.list`: the list of the folder as it was left;
 * - `.owner`: run, container, lineage, a state and the folder. The state is `left`, or `arriving` and what tells this folder from
 *   another one that is made in its place, while a move copies into it.
 */
export const leftBehindText = `left_list() {
  find "$1" -xdev -mindepth 1 -printf '%y %s %C@ %m %U %G %n %l\\t%P\\0' | LC_ALL=C sort -z
}
left_file() {
  printf '%s/left/%s' ${KEPT_FOLDER} "$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)"
}
folder_id() { stat -c '%i:%W' -- "$1" 2>/dev/null; }`;

/** `own RUN CONTAINER LINEAGE STATE FOLDER`; `$file` names what is written. */
const writeText = `${leftBehindText}
umask 077
mkdir -p ${KEPT_FOLDER}/left
own() {
  printf '%s\\n' "$@" >"$file.owner.new"
  mv -- "$file.owner.new" "$file.owner"
}
write_left() {
  path=$4
  file=$(left_file "$path")
  rm -f -- "$file.owner"
  if left_list "$path" >"$file.new"; then
    mv -- "$file.new" "$file.list"
    own "$1" "$2" "$3" left "$path"
  fi
  rm -f -- "$file.new"
}
write_arriving() {
  path=$4
  file=$(left_file "$path")
  rm -f -- "$file.owner" "$file.list"
  own "$1" "$2" "$3" "arriving $(folder_id "$path")" "$path"
}`;

/** `$1` function, `$2` run, `$3` container, `$4` lineage, then folders; those that are not there any more are passed over. */
const writeAllText = `${writeText}
write=$1 run=$2 container=$3 lineage=$4
shift 4
for folder; do
  if [ -d "$folder" ]; then "$write" "$run" "$container" "$lineage" "$(readlink -f -- "$folder")"; fi
done`;

const writeAll = (
  title: string,
  write: 'write_left' | 'write_arriving',
  {run, container, lineage}: FilesOwner,
  folders: readonly string[],
): Command => ({
  ...script(title, writeAllText, write, run, container, lineage, ...folders),
  timeoutMs: 600_000,
});

/**
 * On the host that a container leaves: lists its folders as they are now, so that a later move back can tell whether they are
 * unchanged. May be sent twice.
 */
export const writeLeftBehind = (owner: FilesOwner, folders: readonly string[]): Command =>
  writeAll('write down what it leaves behind', 'write_left', owner, folders);

/** On the host where a container is to arrive, before anything is copied: into which folders. May be sent twice. */
export const writeArriving = (owner: FilesOwner, folders: readonly string[]): Command =>
  writeAll('write down which folders are copied into', 'write_arriving', owner, folders);

/** `$1` run, `$2` container, `$3` lineage, `$4` the run whose copies they are. */
const writeArrivedScript = `${writeText}
for owner in ${KEPT_FOLDER}/left/*.owner; do
  [ -e "$owner" ] || continue
  [ "$(sed -n 1p -- "$owner")" = "$4" ] && [ "$(sed -n 2p -- "$owner")" = "$2" ] || continue
  state=$(sed -n 4p -- "$owner") folder=$(sed -n 5p -- "$owner")
  case $state in arriving\\ *) ;; *) continue ;; esac
  if [ -d "$folder" ] && [ "$state" = "arriving $(folder_id "$folder")" ]; then
    write_left "$1" "$2" "$3" "$folder" || :
  else
    rm -f -- "$owner"
  fi
done`;

/**
 * On the host where a container was to arrive and does not: lists the folders as the attempt leaves them, which the next attempt
 * may replace. A folder that was removed or made anew since is nobody's. May be sent twice, and never fails: without a list, the
 * next attempt asks. `began`: the run that has copied, where another one takes it back.
 */
export const writeArrived = (
  {run, container, lineage}: FilesOwner,
  began: string = run,
): Command => ({
  ...script('write down what was copied', writeArrivedScript, run, container, lineage, began),
  timeoutMs: 600_000,
});
