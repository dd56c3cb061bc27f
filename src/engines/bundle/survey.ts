import type {Blocker, BlockerCode} from '../criu/blocker.js';
import {script, type Command} from '../../base/command.js';
import type {Result} from '../../base/result.js';
import type {SurveyQuestion} from '../engine.js';
import type {HostSurvey, KnownPart, ObservedContainer, Weight} from '../facts.js';
import {textAt} from '../../base/json.js';
import {readWeight, weighedMounts} from '../criu/weight.js';
import {addressesIn} from './addresses.js';
import type {BundleRuntime} from './runtime.js';
import {readBundle} from './bundle.js';
import {describeText, numbered, readList} from './look.js';
import {landable, machineFacts, neighbour, readLandings} from '../host/survey-answers.js';
import {checkSurvey} from '../host/survey-words.js';
import {unitsPart} from '../host/service-units.js';
import {
  listeningPart,
  machinePart,
  programsPart,
  toolsPart,
  weighPart,
} from '../criu/survey-parts.js';
import {scriptHead, sectionLines, sections, sectionText, type Section} from '../host/sections.js';
import {runtimeVersionIn} from '../host/versions.js';

/** Two minutes: sizes of large folders are counted, each for at most 15 s. */
const surveyTimeoutMs = 120_000;

/** Everybody who lives there is described like those that are looked for; namespaces that have names. */
const livesPart = (of: BundleRuntime): string => `
section ${of.name}
${of.name} --version 2>/dev/null || :
section user
id -u
section list
${of.name} list --format json 2>/dev/null || :
${describeText(of)}
number=0
for name in $(ls ${of.stateFolder} 2>/dev/null || :); do
  number=$((number + 1))
  describe "n$number" "$name"
done
for netns in /run/netns/*; do
  [ -e "$netns" ] || continue
  section netns "$netns"
  nsenter --net="$netns" -- cat /proc/thread-self/net/fib_trie /proc/thread-self/net/if_inet6 2>/dev/null || :
done`;

/** Of a container that is to leave: what its first process has as standard input, output and error, and what its bundle lies on. */
const closerPart = `
closer() {
  section stdio "$1"
  readlink "/proc/$2/fd/0" "/proc/$2/fd/1" "/proc/$2/fd/2" 2>/dev/null || :
  section outside "$1"
  for file in 0 1 2; do
    if [ -f "/proc/$2/fd/$file" ] && [ "$(stat -L -c '%d %i' "/proc/$2/fd/$file" 2>/dev/null)" != "$(stat -c '%d %i' "/proc/$2/root$(readlink "/proc/$2/fd/$file")" 2>/dev/null)" ]; then readlink "/proc/$2/fd/$file"; fi
  done
  section storage "$1"
  stat -f -c %T -- "$3" 2>/dev/null || :
  [ "$(stat -c %d -- "$3" 2>/dev/null)" = "$(stat -c %d -- "$4" 2>/dev/null)" ] || echo mounted
}
roomy() {
  path=$1
  while [ ! -e "$path" ] && [ "$path" != / ]; do path=$(dirname -- "$path"); done
  section store-free
  df -Pk -- "$path" 2>/dev/null || :
}`;

/**
 * The questions come as words, five each: `weigh N PID BUNDLE ROOTFS`, then `mount N KIND PATH -` for its
 * mounts; `land N KIND PATH -`.
 */
const answerPart = `
land() {
  section landing "$1"
  [ -e "$3" ] || return 0
  kind "$3"
  if [ -d "$3" ]; then
    [ -n "$(ls -A "$3" 2>/dev/null | head -n 1)" ] || echo empty
  elif [ ! -s "$3" ]; then echo empty; fi
}
room=
while [ $# -gt 0 ]; do
  case $1 in
    weigh)
      weigh "$2" "$3" ''
      fixed "$2" "$5"
      closer "$2" "$3" "$4" "$5" ;;
    mount)
      section mount "$2"
      path=$4
      [ "$3" != tmpfs ] || path=/proc/$pid/root$4
      kind "$path"
      size "$path"
      [ "$3" = tmpfs ] || fixed "$2" "$path" ;;
    land)
      land "$2" "$3" "$4"
      [ -n "$room" ] || room=$4 ;;
  esac
  shift 5
done
roomy "\${room:-/}"
section end`;

const surveyScript = (of: BundleRuntime): string =>
  [
    ...[scriptHead, toolsPart, machinePart, programsPart, unitsPart, livesPart(of), listeningPart],
    ...[weighPart, closerPart, answerPart],
  ].join('\n');

/** Answers are matched to the question by their place in it, so names never go through the text. */
export function survey(of: BundleRuntime, {leaving, arriving}: SurveyQuestion): Command {
  const weigh = leaving.flatMap((container, index) => [
    ...['weigh', `${index}`, `${container.pid}`, container.image.name, container.upperDir ?? ''],
    ...weighedMounts(container).flatMap((mount, place) => [
      ...['mount', `${index}.${place}`, mount.kind],
      ...[mount.kind === 'tmpfs' ? mount.destination : mount.source, '-'],
    ]),
  ]);
  const land = landable(arriving).flatMap(({kind, source}, index) => [
    ...['land', `${index}`, kind, source, '-'],
  ]);
  return {
    ...script(`${of.name}: survey the host`, surveyScript(of), ...weigh, ...land),
    timeoutMs: surveyTimeoutMs,
  };
}

/** Those whose bundle cannot be read are somebody else's, podman's mostly, and keep their names all the same. */
function readNeighbours(all: readonly Section[], listed: readonly unknown[]): readonly KnownPart[] {
  const known = all.filter(({name, words}) => name === 'bundle' && words[0]?.startsWith('n'));
  return known.map(({words: [number = '', name = '']}) => {
    const state = listed.find((each) => textAt(each, 'id') === name);
    const container = readBundle(name, state, numbered(all, number));
    return container.ok ? container.value : container.error;
  });
}

const readNetworks = (all: readonly Section[]): HostSurvey['networks'] =>
  all
    .filter(({name}) => name === 'netns')
    .map(({words: [name = ''], text}) => ({
      name,
      driver: 'namespace',
      subnets: addressesIn(text, text).map((ip) => `${ip}/${ip.includes(':') ? 128 : 32}`),
    }));

/** Where files of the network lie, several hosts may have them at once. */
const shared = /^(?:nfs.*|cifs|smb2|ceph|fuse.*|9p|v9fs|gfs.*|ocfs2|lustre|afs|glusterfs)$/;

const one = (code: BlockerCode, what: string): Blocker => ({code, what});

/** Things that stand against a move of a bundle. */
function findObstacles(all: readonly Section[], index: number): readonly Blocker[] {
  const parts = numbered(all, `${index}`);
  const stdio = sectionLines(parts, 'stdio').flatMap((link) =>
    /^(?:pipe|socket):/.test(link) || /^\/dev\/(?:pts\/|tty|console)/.test(link) ? [link] : [],
  );
  const [storage = '', mounted] = sectionLines(parts, 'storage');
  return [
    ...[...new Set([...stdio, ...sectionLines(parts, 'outside')])].map((what) =>
      one('stdio', what),
    ),
    ...(shared.test(storage) ? [one('bundle-shared', storage)] : []),
    ...(mounted === 'mounted' ? [one('rootfs-mounted', '')] : []),
  ];
}

function weighed(all: readonly Section[], container: ObservedContainer, index: number): Weight {
  const weight = readWeight(all, container, index);
  // A bundle's network is made by its hook or its owner, on the target as here.
  const known = weight.blockers.filter(({code}) => code !== 'network-inside');
  return {...weight, blockers: [...known, ...findObstacles(all, index)]};
}

export function readSurvey(
  of: BundleRuntime,
  stdout: string,
  question: SurveyQuestion,
): Result<HostSurvey, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const listed = readList(of, all);
  if (!listed.ok) return listed;
  const neighbours = readNeighbours(all, listed.value);
  return checkSurvey({
    ...machineFacts(all),
    runtime: of.name,
    runtimeVersion: runtimeVersionIn(of.name, sectionText(all, of.name)),
    storageDriver: 'folder',
    rootless: sectionText(all, 'user') !== '0',
    networkBackend: 'hooks',
    networks: readNetworks(all),
    images: [],
    neighbours: neighbours.map(neighbour),
    weights: question.leaving.map((container, index) => weighed(all, container, index)),
    landings: readLandings(all, question.arriving),
  });
}
