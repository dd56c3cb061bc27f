/**
 * docker has no option for what CRIU is to do with open connections and file locks when it restores. CRIU
 * reads `/etc/criu/runc.conf` whenever runc calls it: the words stand there between two marks for the
 * second that the restore takes, and what else stands there is left as it is. Another container that is
 * checkpointed or restored in that second is let do more, and made do nothing else.
 *
 * A mark names the move's folder, so that what a host that lost its power kept is found and taken out by
 * the next one. Needs `$scratch`; `conf_on WORD…` and `conf_off`.
 */
export const confText = `conf=/etc/criu/runc.conf
without() {
  gone=$1
  for owner in $(sed -n 's/^# cm begin //p' "$conf" 2>/dev/null); do
    [ "$owner" = "$gone" ] || [ ! -d "$owner" ] || continue
    cp -p "$conf" "$conf.cm"
    owner=$owner awk '$0 == "# cm begin " ENVIRON["owner"] {cut = 1}
!cut {print}
$0 == "# cm end " ENVIRON["owner"] {cut = 0}' "$conf" > "$conf.cm"
    mv "$conf.cm" "$conf"
  done
  [ -s "$conf" ] || rm -f "$conf"
}
conf_on() {
  mkdir -p /etc/criu
  (
    flock 7
    without "$scratch"
    [ ! -e "$conf" ] || cp -p "$conf" "$conf.cm"
    { cat "$conf" 2>/dev/null || :; echo "# cm begin $scratch"; printf '%s\\n' "$@"; echo "# cm end $scratch"; } > "$conf.cm"
    mv "$conf.cm" "$conf"
  ) 7</etc/criu
}
conf_off() {
  [ -d /etc/criu ] || return 0
  (flock 7; without "$scratch") 7</etc/criu
  rmdir /etc/criu 2>/dev/null || :
}`;
