import {
  answerPart,
  listeningPart,
  machinePart,
  programsPart,
  toolsPart,
  weighPart,
} from '../criu/survey-parts.js';
import {scriptHead} from '../host/sections.js';
import {linksPart} from '../host/survey-links.js';
import {unitsPart} from '../host/service-units.js';

/** What docker tells of itself, and where it keeps its things. */
const storePart = `
section info
docker info --format '{{json .}}' 2>/dev/null || :
section runtime
runc --version 2>/dev/null | head -n 1 || :
section store-free
store=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null || :)
df -Pk "\${store:-/var/lib/docker}" 2>/dev/null || :`;

/** One line of JSON for each. */
const listsPart = `
ids() { "$@" 2>/dev/null || :; }
section networks
networks=$(ids docker network ls --quiet --no-trunc)
[ -z "$networks" ] || docker network inspect --format '{"Name":{{json .Name}},"Driver":{{json .Driver}},"IPAM":{{json .IPAM}},"Options":{{json .Options}},"Internal":{{json .Internal}},"EnableIPv6":{{json .EnableIPv6}},"Labels":{{json .Labels}}}' $networks 2>/dev/null || :
section images
images=$(ids docker image ls --all --quiet --no-trunc | sort -u)
[ -z "$images" ] || docker image inspect --format '{"Id":{{json .Id}},"RepoTags":{{json .RepoTags}},"Size":{{json .Size}},"Layers":{{json .RootFS.Layers}}}' $images 2>/dev/null || :
section neighbours
containers=$(ids docker ps --all --quiet --no-trunc)
[ -z "$containers" ] || docker container inspect --format '{"Id":{{json .Id}},"Name":{{json .Name}},"State":{"Status":{{json .State.Status}},"Running":{{json .State.Running}},"Paused":{{json .State.Paused}},"Restarting":{{json .State.Restarting}}},"NetworkSettings":{"Networks":{{json .NetworkSettings.Networks}}},"HostConfig":{"PortBindings":{{json .HostConfig.PortBindings}},"NetworkMode":{{json .HostConfig.NetworkMode}}},"Mounts":{{json .Mounts}}}' $containers 2>/dev/null || :`;

const initPart = `
init=$(docker info --format '{{.InitBinary}}' 2>/dev/null || :)`;

const initFolders =
  '/usr/libexec/docker /usr/local/libexec/docker /usr/local/lib/docker /usr/lib/docker';

const volumesPart = `
volumes=$(docker volume ls --format '{{.Name}}\\t{{.Mountpoint}}' 2>/dev/null || :)`;

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
  initPart,
  linksPart(initFolders),
  volumesPart,
  answerPart,
].join('\n');
