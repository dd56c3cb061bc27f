/** `hollow FOLDER` tells of a large file in it that has holes, as neither podman nor CRIU archive one. */
export const hollowText = `hollow() { find "$1" -type f -size +1M -printf '%s %b\\n' | awk '$1 > $2 * 512 + 1048576' | head -n 1; }`;

/**
 * `unpack NAME…`: an archive from the input into `$scratch/in`, of which only these names may be at its top.
 *
 * What comes from another host is not trusted with this one. The folder is new and empty, so nothing that
 * lies in `$scratch` leads out of it; tar itself refuses `..` and makes links last; devices and pipes are
 * refused, and all links but those by which images name the round before theirs. A file with holes is refused, too: what
 * reads or copies it later would fill memory with what never arrived.
 */
export const unpackText = `${hollowText}
odd() { echo "what arrived is no checkpoint: $1" >&2; exit 65; }
unpack() {
  rm -rf -- "$scratch/in"
  mkdir -- "$scratch/in"
  tar -xf - --ignore-zeros -C "$scratch/in" || odd 'its archive is not whole, or wants to be elsewhere'
  find "$scratch/in" -mindepth 1 -maxdepth 1 | while IFS= read -r path; do
    case " $* " in *" \${path##*/} "*) ;; *) odd "nobody asked for \\"\${path##*/}\\"" ;; esac
  done
  [ -z "$(find "$scratch/in" ! -type f ! -type d ! -name parent ! -name pre-checkpoint | head -n 1)" ] || odd 'there is something in it that is neither a file nor a folder'
  [ -z "$(find "$scratch/in" ! -type f ! -type d ! -type l | head -n 1)" ] || odd 'there is a device or a pipe in it'
  [ -z "$(hollow "$scratch/in")" ] || odd 'a file in it is larger than what arrived of it'
  links=$(find "$scratch/in" -type l -exec readlink -- {} \\; | grep -vxE '\\.\\./pre-checkpoint|(\\.\\./)?(rounds/)?[0-9]+' || :)
  [ -z "$links" ] || odd "a link in it leads to \\"$links\\""
}`;
