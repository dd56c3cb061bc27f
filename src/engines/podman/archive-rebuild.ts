import {hollowText} from '../criu/unpack.js';

/** Owners by number, and everything else that `podman` archives of a file. */
const FAITHFUL = "--numeric-owner --xattrs --xattrs-include='*'";

const strangeText = `strange() { echo "the checkpoint that arrived is not podman's own: $1" >&2; exit 65; }`;

const rebuildingText = `${hollowText}
${strangeText}
work=/to/archive
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
# FOLDER: those of the input that the image decides about. None may be a link in what was unpacked there.
of_the_image() {
  while IFS= read -r folder; do
    [ ! -L "$1$folder" ] || strange "\\"$folder\\" is a link"
    if [ ! -d "$1$folder" ] || [ "$(stat -c %a -- "$1$folder")" = 0 ]; then printf '%s\\n' "$folder"; fi
  done
}
unpacked "$work/import.tar" "$work/all"
odd=$(cd "$work/all" && find . -mindepth 1 ! '(' -type f '(' -path ./config.dump -o -path ./spec.dump -o -path ./network.status -o -path ./stats-dump -o -path ./deleted.files -o -path ./rootfs-diff.tar -o -path ./devshm-checkpoint.tar -o -path ./ctr.log -o -path './artifacts/*' ')' ')' ! '(' -type l '(' -path ./checkpoint -o -path ./pre-checkpoint ')' ')' ! '(' -type d -path ./artifacts ')' | head -n 1)
[ -z "$odd" ] || strange "nobody asked for \\"$odd\\""
# Memory never holds more than two copies of what arrived.
rm -f -- "$work/import.tar"
for inner in rootfs-diff devshm-checkpoint; do
  [ ! -e "$work/all/$inner.tar" ] || unpacked "$work/all/$inner.tar" "$work/$inner"
  rm -f -- "$work/all/$inner.tar"
done
if [ -d "$work/rootfs-diff" ]; then
  [ -z "$(find "$work/rootfs-diff" -type d -perm 0000 -name "*$newline*" | head -n 1)" ] || strange 'a folder of it has a line break in its name'
  implicit "$work/rootfs-diff" >"$work/folders"
fi
deleted_from "$work/all/deleted.files" >>"$work/folders" || strange 'deleted.files is no list of paths in the container'
(of_the_image "$work/rootfs-diff" <"$work/folders" >"$work/of-the-image")
for inner in rootfs-diff devshm-checkpoint; do
  [ ! -d "$work/$inner" ] || packed "$work/$inner" "$work/all/$inner.tar"
  rm -rf -- "$work/$inner"
done
ln -sfn -- "$1/images" "$work/all/checkpoint"
[ ! -L "$work/all/pre-checkpoint" ] || ln -sfn -- "$1/pre-checkpoint" "$work/all/pre-checkpoint"
(cd "$work/all" && tar --format=posix --numeric-owner -cf "$work/import.new" -- *)
for dump in spec config; do [ ! -e "$work/all/$dump.dump" ] || mv -- "$work/all/$dump.dump" "$work/"; done
rm -rf -- "$work/all"`;

/**
 * Confined, packs `/to/import.tar` anew; the two descriptions in it stay in `/to/archive`, to be read. `$1` is the folder of the run.
 *
 * podman unpacks two archives of a checkpoint as root and outside of any chroot: `rootfs-diff.tar` into the root of the
 * container and `devshm-checkpoint.tar` into its /dev/shm. It follows links while it does so, and it removes what
 * `deleted.files` lists even where a path has `..` in it or leads through a link (podman 5.4.2). A source could write and
 * remove any file of the target with them.
 *
 * GNU tar never writes outside of the folder that it unpacks into, and it sees no other folder of the host here. It reads from
 * a pipe, so that it unpacks nothing that is compressed. What it has made is packed again, links last, so that podman unpacks
 * nothing through a link of the archive. The links to the images of CRIU lead to the folder of this run, whatever the source had.
 *
 * A folder that has an entry replaces a link of the image. One that has none, which tar makes without any permission here,
 * must not be a link in the image, nor may a folder of `deleted.files`: `no_links IMAGE` sees to that before podman gets the archive.
 */
export const rebuildText = `if [ -f /to/import.tar ] && [ ! -L /to/import.tar ]; then
rm -rf /to/archive
mkdir /to/archive
mv /to/import.tar /to/archive/
${rebuildingText}
mv /to/archive/import.new /to/import.tar
fi`;

/** The uppermost layer comes first. Needs `$scratch`. */
export const noLinksText = `${strangeText}
newline='
'
no_links() {
  layers=
  while IFS= read -r folder; do
    if [ -z "$layers" ]; then
      layers=$(podman image inspect --format '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' -- "$1" | tr : '\\n' | grep '^/') ||
        strange 'the layers of its image are not known'
    fi
    IFS=$newline
    for layer in $layers; do
      [ ! -L "$layer$folder" ] || strange "\\"$folder\\" is a link in the image"
      [ ! -e "$layer$folder" ] || break
    done
  done <"$scratch/archive/of-the-image"
}`;
