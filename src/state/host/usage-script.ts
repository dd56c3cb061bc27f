import {placeNames} from '../../base/host-places.js';
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
section places
within 10 readlink -m -- ${placeNames.join(' ')} 2>/dev/null | unmarked
really() {
  while IFS= read -r path; do
    real=$(within 20 readlink -m -- "$path" 2>/dev/null) || continue
    [ "$real" = "$path" ] || printf '%s\\t%s\\n' "$path" "$real"
  done
}
tenants() {
  ids=$(within 60 "$1" ps -aq --no-trunc 2>/dev/null) || return 0
  section store
  folders=$(within 30 "$1" info --format "$2" 2>/dev/null | unmarked)
  printf '%s\\n' "$folders"
  printf '%s\\n' "$folders" | really | cut -f 2
  [ -n "$ids" ] || return 0
  known="$known$(echo $ids) "
  section tenants "$1"
  "$1" container inspect --format "{\\"Id\\":{{json .$3}},\\"Name\\":{{json .Name}},\\"Running\\":{{json .State.Running}},\\"Mounts\\":{{json .Mounts}}}" $ids 2>/dev/null | unmarked
  section real
  "$1" container inspect --format '{{range .Mounts}}{{println .Source}}{{end}}' $ids 2>/dev/null | unmarked | sort -u | really
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
  at=$(readlink -f -- "$3") || at=
  printf '%s\\n' "$at" | unmarked
  section config
  head -c 1048576 -- "$3/config.json" 2>/dev/null | unmarked
  section real
  head -c 1048576 -- "$3/config.json" 2>/dev/null | grep -oE '"source"[[:space:]]*:[[:space:]]*"[^"\\\\]*"' |
    sed -e 's/^[^:]*:[[:space:]]*"//' -e 's/"$//' |
    while IFS= read -r path; do
      case $path in /*) ;; *) path=$at/$path ;; esac
      printf '%s\\n' "$path"
    done | sort -u | really
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
  given=$path
  # readlink would follow some links that lead to themselves for ever
  case $(within 20 env LC_ALL=C stat -L -- "$given" 2>&1) in
    *'Too many levels of symbolic links'*) endless=yes ;;
    *) endless= path=$(within 20 readlink -m -- "$given" 2>/dev/null) || path= ;;
  esac
  section landing "$1"
  printf '%s\\n' "$path"
  if [ -n "$endless" ]; then section endless "$1"; fi
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
