import {scriptHead} from '../../engines/host/sections.js';
import {volumeText} from '../../engines/oci/volumes.js';
import {KEPT_FOLDER} from './host-files.js';
import {leftBehindText} from './left-behind.js';

/** The name of each container of podman and docker, the files that it has, and whether it runs. */
const enginesPart = `
has() { command -v "$1" >/dev/null 2>&1; }
within() { if has timeout; then timeout "$@"; else shift; "$@"; fi; }
unmarked() { grep -v '^@@cm' || :; }
known=' '
tenants() {
  ids=$(within 60 "$1" ps -aq --no-trunc 2>/dev/null) || return 0
  section store
  within 30 "$1" info --format "$2" 2>/dev/null | unmarked
  [ -n "$ids" ] || return 0
  known="$known$(echo $ids) "
  section tenants "$1"
  "$1" container inspect --format "{\\"Id\\":{{json .$3}},\\"Name\\":{{json .Name}},\\"Running\\":{{json .State.Running}},\\"Mounts\\":{{json .Mounts}}}" $ids 2>/dev/null | unmarked
  section real
  "$1" container inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' $ids 2>/dev/null | unmarked | sort -u |
    while IFS= read -r path; do
      real=$(readlink -f -- "$path" 2>/dev/null) || continue
      [ "$real" = "$path" ] || printf '%s\\t%s\\n' "$path" "$real"
    done
  volumes=$(within 60 "$1" volume ls --quiet 2>/dev/null) || volumes=
  [ -n "$volumes" ] || return 0
  "$1" volume inspect --format '{{.Mountpoint}}	{{index .Options "device"}}	{{index .Options "o"}}' -- $volumes 2>/dev/null | unmarked |
    while IFS='	' read -r path device options; do
      case $device,$options, in /*,bind,* | /*,rbind,*) ;; *) continue ;; esac
      real=$(within 5 readlink -f -- "$device" 2>/dev/null) || continue
      printf '%s\\t%s\\n' "$path" "$real"
    done
}
if has podman; then tenants podman '{{println .Store.GraphRoot}}{{println .Store.RunRoot}}{{println .Store.VolumePath}}' ID; fi
case $(docker --version 2>/dev/null) in
  '' | *[Pp]odman*) ;;
  *) tenants docker '{{println .DockerRootDir}}' Id ;;
esac`;

/** Bundles that runc and crun know by themselves; those of podman and docker are told above. */
const bundlesPart = `
bundles() {
  for state in "$2"/*/"$3"; do
    [ -e "$state" ] || continue
    name=\${state%/*}
    name=\${name##*/}
    case $known in *" $name "*) continue ;; esac
    bundle=$(sed -n "s/.*$4\\([^\\"\\\\\\\\]*\\)\\".*/\\1/p" "$state")
    pid=$(sed -n "s/.*\\"$5\\": *\\([0-9]*\\).*/\\1/p" "$state")
    known="$known$name "
    bundle "$1" "$name" "$bundle" "$([ ! -d "/proc/\${pid:-0}" ] || echo running)"
  done
}
bundle() {
  section bundle "$1" "$2" "$4"
  readlink -f -- "$3" | unmarked
  section config
  head -c 1048576 -- "$3/config.json" 2>/dev/null | unmarked
}
bundles runc /run/runc state.json '"bundle=' init_process_pid
bundles crun /run/crun status '"bundle": "' pid
for link in ${KEPT_FOLDER}/bundles/*; do
  name=\${link##*/}
  case $known in *" $name "*) continue ;; esac
  if [ -L "$link" ]; then bundle bundle "$name" "$link" ''; fi
done`;

/**
 * The questions come as words, `volume NAME` or `bind PATH`; volumes are those of the engine `$1`. After the word `--` comes the
 * engine's own survey, whose answer follows on `section end`.
 */
const landingsPart = `
differences() {
  left_list "$1" | LC_ALL=C comm -z -3 - "$2.list" | tr '\\n\\0' '?\\n' | sed 's/^\\t*[^\\t]*\\t//' | LC_ALL=C sort -u
}
counted() { awk '$0 == "all" {all = 1; next} {count += 1; sum += $1} END {if (all) printf "%d %.0f\\n", count, sum}'; }
landing() {
  path=$3
  if [ "$2" = volume ]; then
    path=$(volume_place "$engine" "$3")
    volume_facts "$engine" "$3" "$1"
  fi
  [ -n "$path" ] || return 0
  path=$(readlink -m -- "$path" 2>/dev/null || printf '%s\\n' "$path")
  section landing "$1"
  printf '%s\\n' "$path"
  [ -d "$path" ] || return 0
  section counted
  { within 15 find "$path" -xdev -mindepth 1 ! -type d -printf '%s\\n' 2>/dev/null && echo all; } | counted
  section linked
  within 15 find "$path" -xdev -type f -links +1 -printf '%D:%i %n\\n' 2>/dev/null | sort | uniq -c | awk '$1 < $3 {count += 1} END {print count + 0}'
  file=$(left_file "$path")
  [ -e "$file.owner" ] || return 0
  state=$(sed -n 4p -- "$file.owner")
  if [ "$state" = left ] && [ -e "$file.list" ]; then
    section left
    head -n 3 -- "$file.owner"
    differences "$path" "$file" | awk 'NR <= 3 {print "example " $0} END {print "changed " NR}'
  elif [ "$state" = "arriving $(folder_id "$path")" ]; then
    section arriving
    head -n 3 -- "$file.owner"
  fi
}
engine=$1
shift
index=0
while [ "$1" != -- ]; do
  landing "$index" "$1" "$2"
  index=$((index + 1))
  shift 2
done
shift
section end
exec "$@"`;

export const usageScript = [
  scriptHead,
  leftBehindText,
  volumeText,
  enginesPart,
  bundlesPart,
  landingsPart,
].join('\n');
