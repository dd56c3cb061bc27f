import {shellWord} from '../../base/shell-word.js';
import {confinedText} from '../criu/confined.js';

/**
 * `taken GAPS`: what the entries of the archive at the input take when they are unpacked, bytes; or `odd`. GNU tar skips as many bytes
 * after an entry as its header says. Go's reader, which engines have, skips none after a folder, a link or a device, and would find there
 * what tar has not listed. So folders and links must have no size. Of a device tar tells none, so the next entry has to follow at once, or
 * the blocks from there to the next entry are written to GAPS: they may belong to that one.
 */
const takenText = `taken() {
  LC_ALL=C tar -tvRf - --numeric-owner | LC_ALL=C awk -v gaps="$1" '
    $1 != "block" {odd = 1}
    {
      at = $2 + 0
      if (device != "" && at > device + 1 && (at > device + 4000 || ++count > 200)) odd = 1
      else if (device != "" && at > device + 1) print device + 1, at - device - 1 >gaps
      device = ""
    }
    $3 ~ /^[cb]/ {device = at; next}
    $3 ~ /^-/ && $5 ~ /^[0-9]+$/ {sum += $5; next}
    $3 ~ /^[dlhp]/ && $5 == "0" {next}
    $3 == "**" {if ($4 != "End") whole = 1; next}
    {odd = 1}
    END {if (odd || !whole) print "odd"; else printf "%.0f\\n", sum}'
}
refuse() { echo "the image that arrived is not as engines save one: $1" >&2; exit 65; }`;

/** `$1` a file of blocks: they are headers that tell more of the entry which follows, each with what belongs to it. */
const gapText = `extends() {
  count=$(($(stat -c %s "$1") / 512)) at=0
  while [ "$at" -lt "$count" ]; do
    dd if="$1" of=header bs=512 skip="$at" count=1 2>/dev/null
    case $(tail -c +157 header | head -c 1) in x | g | L | K) ;; *) return 1 ;; esac
    size=$(tail -c +125 header | head -c 12 | tr -d ' \\000')
    case $size in '' | *[!0-7]*) return 1 ;; esac
    at=$((at + 1 + (0$size + 511) / 512))
  done
  [ "$at" = "$count" ]
}`;

/**
 * One file of the archive, from the input; tar says its name and size. What looks like a description could be a layer all the
 * same, so it must not be an archive.
 */
const memberText = `${takenText}
first=$(dd bs=512 count=1 iflag=fullblock status=none | tee first | head -c 3 | tr -d '\\000')
rm -f gaps
found=$({ cat first; cat 2>/dev/null; } | taken gaps 2>/dev/null)
case $found in
  odd)
    case $first in '{'* | '['*) exit 0 ;; esac
    if [ "$TAR_SIZE:$first" = 3:1.0 ]; then exit 0; fi
    refuse "\\"$TAR_FILENAME\\" is neither a description nor a plain archive"
    ;;
  *) [ "$found" -le "$TAR_SIZE" ] || refuse "\\"$TAR_FILENAME\\" unpacks to $found bytes, and has $TAR_SIZE" ;;
esac
if [ -e gaps ]; then
  case $TAR_FILENAME in *[!A-Za-z0-9._/-]* | -*) refuse "\\"$TAR_FILENAME\\" is no name of a layer" ;; esac
  while read -r from count; do echo "$from $count $TAR_FILENAME"; done <gaps >>all-gaps
fi`;

/** Confined: looks at `/to/image.tar`. */
const checkingText = `${takenText}
${gapText}
cd /to
tar --version 2>/dev/null | grep -q GNU || { echo 'an image can only be looked into with GNU tar' >&2; exit 69; }
printf '%s' "$1" >member
found=$(taken gaps <image.tar 2>/dev/null)
[ "$found" != odd ] && [ ! -e gaps ] && [ "$found" -le "$(stat -c %s image.tar)" ] || refuse 'it is no plain archive'
[ -z "$(LC_ALL=C tar -tvf - <image.tar | grep '^[^dlh-]' | head -n 1)" ] || refuse 'there is a device or a pipe beside its layers'
LC_ALL=C tar -xf - --to-command='sh -eu ./member' <image.tar 2>said || {
  grep '^the image that arrived' said >refused || head -n 3 said >refused
  head -n 3 refused >&2
  exit 65
}
: >>all-gaps
while read -r from count name; do
  [ "$(tar -tf - <image.tar | grep -cxF -e "$name")" = 1 ] || refuse "\\"$name\\" is there more than once"
  tar -xOf - -- "$name" <image.tar | tail -c "+$((512 * from + 1))" | head -c "$((512 * count))" >gap
  extends gap || refuse "there is something in \\"$name\\" behind a device"
done <all-gaps`;

/**
 * `check_image FOLDER`: whether the archive `image.tar` in it may be handed to an engine. Engines unpack layers
 * into their store as root, compressed ones too, and fill the holes of sparse files with zeros: a hundred kilobytes can become a
 * hundred gigabytes. Neither podman nor docker with its own image store saves layers that are compressed or sparse. Needs `$scratch`.
 */
export const imageCheckText = `${confinedText}
check_image() { confined "$1" sh -euc ${shellWord(checkingText)} cm ${shellWord(memberText)}; }`;
