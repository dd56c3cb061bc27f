import {
  answerPart,
  listeningPart,
  machinePart,
  programsPart,
  toolsPart,
  weighPart,
} from '../criu/survey-parts.js';
import {scriptHead} from '../host/sections.js';
import {unitsPart} from '../host/service-units.js';
import {linksPart} from '../host/survey-links.js';

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
