/**
 * podman believes what stands in the archive that it restores: hooks of `spec.dump`, and the runtime and
 * the exit command of `config.dump`, would run as root on the target. `check_archive FOLDER` takes none
 * of these but podman's own, of the two descriptions as they were packed anew. Go's reader takes keys in any case, with escapes and with two letters that
 * fold to ASCII, so all of these count; a letter that is escaped was not written by podman.
 */
export const checkArchiveText = `check_archive() {
  refuse() { echo "the checkpoint that arrived is not podman's own: $1" >&2; exit 65; }
  k=$(printf '\\342\\204\\252') s=$(printf '\\305\\277')
  for dump in spec.dump config.dump; do
    [ -f "$1/$dump" ] && [ ! -L "$1/$dump" ] || refuse "it has no $dump"
    told=$(tr -d ' \\t\\r\\n' <"$1/$dump" | LC_ALL=C sed -E -e "s/$k/k/g" -e "s/$s/s/g")
    case $told in '{'*'}') ;; *) refuse "$dump is not one map" ;; esac
    if printf '%s' "$told" | LC_ALL=C grep -qE '\\\\u00[4-7]'; then refuse "$dump has escaped letters"; fi
    if printf '%s' "$told" | LC_ALL=C grep -qiE '"hooks":'; then refuse "$dump has hooks"; fi
  done
  found=$(printf '%s' "$told" | LC_ALL=C grep -oiE '"(runtime|ociruntime)":("[^"]*"|.)' || :)
  strange=$(printf '%s\\n' "$found" | grep -vxE '("runtime":"[A-Za-z0-9][A-Za-z0-9._-]*")?' || :)
  [ -z "$strange" ] || refuse "it names a runtime by its path: $strange"
  found=$(printf '%s' "$told" | LC_ALL=C grep -oiE '"exitcommand":(\\[[^]]*\\]|.)' || :)
  strange=$(printf '%s\\n' "$found" | grep -vxE '("exitCommand":\\["(/usr)?(/local)?/s?bin/podman"(,"[^"]*")*\\])?' || :)
  [ -z "$strange" ] || refuse "it ends with a program of its own: $strange"
  if printf '%s' "$found" | grep -qE '"--(hooks-dir|conmon|module|config|network-cmd-path)|"--runtime=/|"--runtime","/'; then refuse "it ends with options of its own"; fi
}`;
