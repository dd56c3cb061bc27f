import {shellWord} from '../../base/shell-word.js';
import {confinedText} from './confined.js';

/** `hollow FOLDER` tells of a large file in it that has holes, as neither podman nor CRIU archive one; also where find fails. */
export const hollowText = `hollow() {
  { find "$1" -type f -size +1M -printf '%s %b\\n' || echo '2000000 0'; } | while read -r size blocks; do
    if [ "$size" -gt $((blocks * 512 + 1048576)) ]; then echo "$size"; break; fi
  done
}`;

/**
 * `only_images FOLDER NAME…`: at the top of what was unpacked there are only these names, and there are files and folders alone, but for the
 * links by which images name the round before theirs. A file with holes is refused, too: what reads or copies it later would
 * fill memory with what never arrived.
 */
export const onlyImagesText = `${hollowText}
odd() { echo "what arrived is no checkpoint: $1" >&2; exit 65; }
only_images() {
  at=$1
  shift
  find "$at" -mindepth 1 -maxdepth 1 | while IFS= read -r path; do
    case " $* " in *" \${path##*/} "*) ;; *) odd "nobody asked for \\"\${path##*/}\\"" ;; esac
  done
  [ -z "$(find "$at" ! -type f ! -type d ! -name parent ! -name pre-checkpoint | head -n 1)" ] || odd 'there is something in it that is neither a file nor a folder'
  [ -z "$(find "$at" ! -type f ! -type d ! -type l | head -n 1)" ] || odd 'there is a device or a pipe in it'
  [ -z "$(hollow "$at")" ] || odd 'a file in it is larger than what arrived of it'
  links=$(find "$at" -type l -exec readlink -- {} \\; | grep -vxE '\\.\\./pre-checkpoint|(\\.\\./)?(rounds/)?[0-9]+' || :)
  [ -z "$links" ] || odd "a link in it leads to \\"$links\\""
}`;

/**
 * `unpack NAME…`: an archive from the input into `$scratch/in`, of which only these names may be at its top. `then`: what is done
 * with it where tar has unpacked it, at `/to`, with `$scratch` as `$1`.
 *
 * What comes from another host is not trusted with this one. The folder is new and empty, and all that tar sees of this host, so nothing
 * that lies in `$scratch` leads out of it; tar itself refuses `..` and makes links last.
 */
export const unpackAnd = (then: string): string => `${confinedText}
${onlyImagesText}
unpack() {
  rm -rf -- "$scratch/in"
  mkdir -- "$scratch/in"
  confined "$scratch/in" sh -euc ${shellWord(`tar -xf - --ignore-zeros -C /to || { echo 'what arrived is no checkpoint: its archive is not whole, or wants to be elsewhere' >&2; exit 65; }\n${then}`)} cm "$scratch" || exit "$?"
  only_images "$scratch/in" "$@"
}`;

export const unpackText = unpackAnd('');
