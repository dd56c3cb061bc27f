import {script, type Command} from '../base/command.js';
import {err, ok, type Result} from '../base/result.js';
import type {SurveyQuestion} from './engine.js';
import type {HostSurvey, Landing, Mount, ObservedContainer} from './facts.js';
import {asList, numberAt, parseJson, textAt, textsAt} from './json.js';
import {readContainer} from './podman-inspect.js';
import {cgroups, cpu, criu, freeBytes, listening, networks, podmanInfo} from './podman-host.js';
import {surveyScript} from './podman-survey-script.js';
import {readWeight, weighedMounts} from './podman-weight.js';
import {sectionLines, sections, sectionText, type Section} from './sections.js';

/** Two minutes: sizes of large volumes are counted, each for at most 15 s. */
const surveyTimeoutMs = 120_000;

const landable = (arriving: readonly Mount[]): readonly Mount[] =>
  arriving.filter(({kind}) => kind !== 'tmpfs');

/** Answers are matched to the question by their place in it, so names never go through the text. */
export function survey({leaving, arriving}: SurveyQuestion): Command {
  const weigh = leaving.flatMap((container, index) => [
    ...['weigh', `${index}`, `${container.pid}`, container.upperDir ?? ''],
    ...weighedMounts(container).flatMap((mount, place) => [
      ...['mount', `${index}.${place}`, mount.kind],
      mount.kind === 'tmpfs' ? mount.destination : mount.source,
    ]),
  ]);
  const land = landable(arriving).flatMap(({kind, name, source}, index) => [
    ...['land', `${index}`, kind, kind === 'volume' ? name : source],
  ]);
  return {
    ...script('podman: survey the host', surveyScript, ...weigh, ...land),
    timeoutMs: surveyTimeoutMs,
  };
}

function readImages(all: readonly Section[]): HostSurvey['images'] {
  const parsed = parseJson(sectionText(all, 'images'));
  return asList(parsed.ok ? parsed.value : []).flatMap((image) => {
    const id = (textAt(image, 'Id') || textAt(image, 'ID')).replace(/^sha256:/, '');
    const names = textsAt(image, 'Names');
    return id === '' ? [] : [{id, names, size: numberAt(image, 'Size')}];
  });
}

function readNeighbours(all: readonly Section[]): readonly ObservedContainer[] {
  return sectionLines(all, 'neighbours').flatMap((line) => {
    const parsed = parseJson(line);
    const container = parsed.ok ? readContainer(parsed.value) : undefined;
    return container === undefined ? [] : [container];
  });
}

const shares = (mine: Mount, theirs: Mount): boolean =>
  mine.kind === theirs.kind &&
  (mine.kind === 'volume' ? mine.name === theirs.name : mine.source === theirs.source);

function readLandings(
  all: readonly Section[],
  arriving: readonly Mount[],
  neighbours: readonly ObservedContainer[],
): readonly Landing[] {
  return landable(arriving).map((mount, index) => {
    const section = all.find(({name, words}) => name === 'landing' && words[0] === `${index}`);
    const [kind = '', emptiness = ''] = (section?.text ?? '').split('\n');
    const users = neighbours.filter(({mounts}) => mounts.some((each) => shares(mount, each)));
    return {
      name: mount.name,
      exists: kind !== '',
      ...(kind === '' ? {} : {kind: kind === 'folder' || kind === 'file' ? kind : 'other'}),
      empty: kind === '' || emptiness === 'empty',
      usedBy: users.map(({name}) => name),
    };
  });
}

const neighbour = ({id, name, state, addresses, ports}: ObservedContainer) => ({
  id,
  name,
  running: state === 'running' || state === 'paused',
  addresses: addresses.flatMap(({ip}) => (ip === undefined ? [] : [ip])),
  ports: ports.map(({hostPort, protocol}) => ({port: hostPort, protocol})),
});

export function readSurvey(stdout: string, question: SurveyQuestion): Result<HostSurvey, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const info = parseJson(sectionText(all, 'info'));
  if (!info.ok) return err(`podman info: ${info.error}`);
  const found = criu(all);
  const neighbours = readNeighbours(all);
  const [architecture = '', kernel = ''] = sectionLines(all, 'uname');
  const {cpuModel, cpuFlags} = cpu(all);
  return ok({
    ...podmanInfo(info.value),
    ...(found === undefined ? {} : {criu: found}),
    libcriu: Number.parseInt(sectionText(all, 'libcriu'), 10) > 0,
    kernel,
    architecture,
    cpuModel,
    cpuFlags,
    cgroups: cgroups(all),
    memoryFree:
      (Number.parseInt(/\d+/.exec(sectionText(all, 'memory-free'))?.[0] ?? '0', 10) || 0) * 1024,
    scratchFree: freeBytes(all, 'scratch-free'),
    storeFree: freeBytes(all, 'store-free'),
    programs: sectionLines(all, 'programs'),
    networks: networks(sectionText(all, 'networks')),
    images: readImages(all),
    neighbours: neighbours.map(neighbour),
    listening: listening(all),
    weights: question.leaving.map((container, index) => readWeight(all, container, index)),
    landings: readLandings(all, question.arriving, neighbours),
  });
}
