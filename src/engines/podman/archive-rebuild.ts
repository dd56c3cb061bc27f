import {hollowText} from '../criu/unpack.js';

/** Owners by number, and everything else that `podman` archives of a file. */
const FAITHFUL = "--numeric-owner --xattrs --xattrs-include='*'";

/**
 * `rebuild_archive IMAGE` packs `$scratch/import.tar` anew.
 *
 * podman unpacks two archives of a checkpoint as root and outside of any chroot: `rootfs-diff.tar` into the root of the
 * container and `devshm-checkpoint.tar` into its /dev/shm. It follows links while it does so, and it removes what
 * `deleted.files` lists even where a path has `..` in it or leads through a link (podman 5.4.2). A source could write and
 * remove any file of the target with them.
 *
 * GNU tar never writes outside of the folder that it unpacks into. What it has made there is packed again, links last, so
 * that podman unpacks nothing through a link of the archive. A folder that has an entry replaces a link of the image. One
 * that has none, which tar makes without any permission here, must not be a link in the image; nor may a folder of
 * `deleted.files`. The links to the images of CRIU lead to the folder of this run, whatever the source had. tar reads from a pipe, so that it
 * unpacks nothing that is compressed.
 */
export const rebuildText = `${hollowText}
strange() { echo "the checkpoint that arrived is not podman's own: $1" >&2; exit 65; }
newline='
'
unpacked() {
  mkdir -- "$2"
  (umask 777; tar -C "$2" -xpf - ${FAITHFUL} --warning=no-timestamp --warning=no-unknown-keyword <"$1") 2>"$work/said" && [ ! -s "$work/said" ] ||
    strange "\${1##*/}: $(head -n 1 "$work/said")"
  [ -z "$(hollow "$2")" ] || strange "\${1##*/}: a file in it is larger than what arrived of it"
  chmod 700 "$2"
}
packed() {
  (
    cd "$1"
    find . -mindepth 1 ! -type l ! '(' -type d -perm 0000 ')' -print0 | tar --null --no-recursion -T - --format=posix ${FAITHFUL} -cf "$2"
    find . -mindepth 1 -type l -print0 | tar --null --no-recursion -T - --format=posix ${FAITHFUL} -rf "$2"
  )
}
# FOLDER: those in it that its archive has no entry of
implicit() {
  (cd "$1" && find . -mindepth 1 -type d -perm 0000 | cut -c 2-)
}
# The folders that the paths of deleted.files lead through.
deleted_from() {
  [ -s "$1" ] || return 0
  listed=$(tr -d '\\n' <"$1" | sed -e 's/\\\\u003c/</g' -e 's/\\\\u003e/>/g' -e 's/\\\\u0026/\\&/g')
  printf '%s\\n' "$listed" | LC_ALL=C grep -qxE ' *(null|\\[ *("/[^"\\\\]*"(, *)?)* *\\]) *' || return 1
  printf '%s\\n' "$listed" | grep -o '"[^"]*"' | tr -d '"' | awk -F / '
    {at = ""; for (i = 2; i <= NF; i++) {if ($i == ".." || $i == "." || ($i == "" && i < NF)) exit 1; if (i < NF) {at = at "/" $i; if (!(at in seen)) {seen[at]; print at}}}}'
}
# $1 the image, $2 the unpacked root, and folders as input: none may be a link. The uppermost layer comes first.
no_links() {
  layers=
  while IFS= read -r folder; do
    [ ! -L "$2$folder" ] || strange "\\"$folder\\" is a link"
    [ ! -d "$2$folder" ] || [ "$(stat -c %a -- "$2$folder")" = 0 ] || continue
    if [ -z "$layers" ]; then
      layers=$(podman image inspect --format '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' -- "$1" | tr : '\\n' | grep '^/') ||
        strange 'the layers of its image are not known'
    fi
    IFS=$newline
    for layer in $layers; do
      [ ! -L "$layer$folder" ] || strange "\\"$folder\\" is a link in the image"
      [ ! -e "$layer$folder" ] || break
    done
  done
}
rebuild_archive() {
  work=$scratch/archive
  rm -rf -- "$work"
  mkdir -- "$work"
  unpacked "$scratch/import.tar" "$work/all"
  odd=$(cd "$work/all" && find . -mindepth 1 ! '(' -type f '(' -path ./config.dump -o -path ./spec.dump -o -path ./network.status -o -path ./stats-dump -o -path ./deleted.files -o -path ./rootfs-diff.tar -o -path ./devshm-checkpoint.tar -o -path ./ctr.log -o -path './artifacts/*' ')' ')' ! '(' -type l '(' -path ./checkpoint -o -path ./pre-checkpoint ')' ')' ! '(' -type d -path ./artifacts ')' | head -n 1)
  [ -z "$odd" ] || strange "nobody asked for \\"$odd\\""
  # Memory never holds more than two copies of what arrived.
  rm -f -- "$scratch/import.tar"
  for inner in rootfs-diff devshm-checkpoint; do
    [ ! -e "$work/all/$inner.tar" ] || unpacked "$work/all/$inner.tar" "$work/$inner"
    rm -f -- "$work/all/$inner.tar"
  done
  if [ -d "$work/rootfs-diff" ]; then
    [ -z "$(find "$work/rootfs-diff" -type d -perm 0000 -name "*$newline*" | head -n 1)" ] || strange 'a folder of it has a line break in its name'
    implicit "$work/rootfs-diff" >"$work/folders"
  fi
  deleted_from "$work/all/deleted.files" >>"$work/folders" || strange 'deleted.files is no list of paths in the container'
  (no_links "$1" "$work/rootfs-diff" <"$work/folders")
  for inner in rootfs-diff devshm-checkpoint; do
    [ ! -d "$work/$inner" ] || packed "$work/$inner" "$work/all/$inner.tar"
    rm -rf -- "$work/$inner"
  done
  ln -sfn -- "$scratch/images" "$work/all/checkpoint"
  [ ! -L "$work/all/pre-checkpoint" ] || ln -sfn -- "$scratch/pre-checkpoint" "$work/all/pre-checkpoint"
  (cd "$work/all" && tar --format=posix --numeric-owner -cf "$scratch/import.new" -- *)
  mv -- "$scratch/import.new" "$scratch/import.tar"
  rm -rf -- "$work"
}`;
