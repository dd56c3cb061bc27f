import {scriptHead} from './sections.js';
import {unitsPart} from './service-units.js';
import {linksPart} from './survey-links.js';
import {listeningPart, machinePart, programsPart, toolsPart, weighPart} from './survey-parts.js';

/** What podman tells of itself, and where it keeps its things. */
const storePart = `
info=$(podman info --format json 2>/dev/null || :)
section info
printf '%s\\n' "$info"
section store-free
store=$(printf '%s\\n' "$info" | sed -n 's/^ *"graphRoot": "\\(.*\\)",*$/\\1/p' | head -n 1)
df -Pk "\${store:-/var/lib/containers}" 2>/dev/null || :`;

const listsPart = `
section networks
podman network ls --format json 2>/dev/null || :
section images
podman images -a --format json 2>/dev/null || :
section neighbours
ids=$(podman ps -aq --no-trunc 2>/dev/null || :)
[ -z "$ids" ] || podman container inspect --format '{"Id":{{json .ID}},"Name":{{json .Name}},"State":{"Running":{{json .State.Running}},"Status":{{json .State.Status}},"Paused":{{json .State.Paused}}},"NetworkSettings":{"Networks":{{json .NetworkSettings.Networks}}},"HostConfig":{"PortBindings":{{json .HostConfig.PortBindings}},"NetworkMode":{{json .HostConfig.NetworkMode}}},"Config":{"CreateCommand":{{json .Config.CreateCommand}},"Cmd":{{json .Config.Cmd}}},"Mounts":{{json .Mounts}}}' $ids 2>/dev/null || :`;

const volumesPart = `
volumes=$(podman volume ls --format '{{.Name}}\\t{{.Mountpoint}}' 2>/dev/null || :)`;

/**
 * The questions come as words: `weigh N PID UPPER`, then `mount N KIND PATH` for its mounts; `land N KIND PATH`.
 * `$volumes` holds lines of a volume's name, a tab and its folder.
 */
export const answerPart = `
mountpoint() {
  printf '%s\\n' "$volumes" | while IFS='	' read -r name path; do
    if [ "$name" = "$1" ]; then printf '%s\\n' "$path"; fi
  done
}
land() {
  section landing "$1"
  path=$3
  [ "$2" != volume ] || path=$(mountpoint "$3")
  [ -n "$path" ] && [ -e "$path" ] || return 0
  kind "$path"
  if [ -d "$path" ]; then
    [ -n "$(ls -A "$path" 2>/dev/null | head -n 1)" ] || echo empty
  elif [ ! -s "$path" ]; then echo empty; fi
}
while [ $# -gt 0 ]; do
  case $1 in
    weigh) weigh "$2" "$3" "$4" ;;
    mount)
      section mount "$2"
      path=$4
      [ "$3" != tmpfs ] || path=/proc/$pid/root$4
      kind "$path"
      size "$path" ;;
    land) land "$2" "$3" "$4" ;;
  esac
  shift 4
done
section end`;

/** Where podman looks for its init, which Debian puts elsewhere behind a link. */
const initFolders =
  '/usr/local/libexec/podman /usr/local/lib/podman /usr/libexec/podman /usr/lib/podman';

export const surveyScript = [
  scriptHead,
  toolsPart,
  storePart,
  machinePart,
  programsPart,
  unitsPart,
  listsPart,
  listeningPart,
  weighPart,
  'init=catatonit',
  linksPart(initFolders),
  volumesPart,
  answerPart,
].join('\n');
