import {script, type Command} from '../../base/command.js';
import {KEPT_FOLDER} from './host-files.js';

/**
 * Shell functions about the files that a container left on a host. `left_list PATH` prints one entry for each file below a
 * folder, ending in NUL: whatever a program, a person or a backup does to a file changes its ctime or its link count.
 * `left_file PATH` names the file that keeps the list of a folder, without the suffixes `.list` and `.run`.
 */
export const leftBehindText = `left_list() {
  find "$1" -xdev -mindepth 1 -printf '%y %s %C@ %m %U %G %n %l\\t%P\\0' | LC_ALL=C sort -z
}
left_file() {
  printf '%s/left/%s' ${KEPT_FOLDER} "$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)"
}`;

const writeText = `${leftBehindText}
umask 077
mkdir -p ${KEPT_FOLDER}/left
write_left() {
  path=$(readlink -f -- "$2")
  file=$(left_file "$path")
  rm -f -- "$file.run"
  if left_list "$path" >"$file.new"; then
    mv -- "$file.new" "$file.list"
    printf '%s\\n' "$1" >"$file.run"
  fi
  rm -f -- "$file.new"
}`;

/** `$1` run, then folders; those that are not there any more are passed over. */
const writeLeftBehindScript = `${writeText}
run=$1
shift
for folder; do
  if [ -d "$folder" ]; then write_left "$run" "$folder"; fi
done`;

/**
 * On the host that a container leaves: lists its folders as they are now, so that a later move back can tell whether they are
 * unchanged. May be sent twice.
 */
export const writeLeftBehind = (run: string, folders: readonly string[]): Command => ({
  ...script('write down what it leaves behind', writeLeftBehindScript, run, ...folders),
  timeoutMs: 600_000,
});

/** `$1` run, `$2` container. The links to its folders lie in the memory folder of this run, or of the dead one. */
const writeArrivedScript = `${writeText}
for mark in /run/cm/*/*/container; do
  [ -e "$mark" ] || continue
  [ "$(cat "$mark")" = "$2" ] || continue
  for link in "\${mark%/container}"/to/v*; do
    if [ -d "$link" ]; then write_left "$1" "$link" || :; fi
  done
done`;

/**
 * On the host where a container was to arrive and does not: lists the folders as the attempt leaves them, which the next attempt
 * may replace. May be sent twice, and never fails: without a list, the next attempt asks.
 */
export const writeArrived = (run: string, container: string): Command => ({
  ...script('write down what was copied', writeArrivedScript, run, container),
  timeoutMs: 600_000,
});
