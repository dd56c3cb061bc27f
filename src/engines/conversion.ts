import {err, ok} from '../base/result.js';
import {asList, asRecord, at, parseJson} from '../base/json.js';
import {movesMemory, type Strategy} from '../base/strategy.js';
import type {Dialect, End} from './dialect.js';
import type {Engine, Moves, Pair, Question, Refusal} from './engine.js';
import type {HostSurvey} from './facts.js';
import {fitnessBy} from './fitness.js';
import {confiningPrograms, mountNamespace} from './host/refuse-receiver.js';
import {commonDifferences} from './oci/settings.js';

/** An engine whose containers another one can make. */
interface Speaker {
  readonly engine: Engine;
  readonly dialect: Dialect;
}

const endOf = (pair: Pair, side: 'source' | 'target'): End => ({
  survey: pair[side],
  version: side === 'source' ? pair.sourceVersion : pair.targetVersion,
});

/** The host as the rules of an engine would have it: they are asked of one side at a time. */
const fit = (host: HostSurvey, {dialect: {storageDriver}}: Speaker, raw: unknown): HostSurvey => ({
  ...host,
  ...{storageDriver, rootless: false},
  raw: {...asRecord(raw), info: {...asRecord(at(raw, 'info')), SecurityOptions: []}},
  programs: [
    ...['bash', 'curl', 'flock', 'nft', 'nsenter', 'rsync', 'ssh', 'tar', 'timeout'],
    ...confiningPrograms,
    mountNamespace,
  ],
});

/** Nobody and nothing is there yet. */
const bare = (host: HostSurvey): HostSurvey => ({
  ...host,
  ...{neighbours: [], listening: [], storeFree: Number.MAX_SAFE_INTEGER},
});

/** The same container in the words of the target's engine; as it is where that has described it already. */
function translated(pair: Pair, from: Speaker, to: Speaker): Pair {
  const {container} = pair;
  const settings = from.dialect.read(container.raw, endOf(pair, 'source'));
  const renamed = container.addresses
    // docker lists them among its networks
    .filter(({network}) => network !== 'host' && network !== 'none')
    .map((address) => ({
      ...address,
      network: address.network === from.dialect.network ? to.dialect.network : address.network,
    }));
  return {
    ...pair,
    sourceVersion: pair.targetVersion,
    source: fit(pair.source, to, pair.target.raw),
    container: {...container, addresses: renamed, raw: to.dialect.describe(settings, container)},
  };
}

const memoryStays = (from: Speaker, to: Speaker): readonly Refusal[] => [
  {
    code: 'engines-differ',
    message: `${to.engine.name} cannot restore the memory that ${from.engine.name} has taken: each looks for its own containers, cgroups and networks in it`,
    remedy: `use "cold", or a target with ${from.engine.name}`,
  },
];

/** The rules of either engine, each about its own host, and what only one of the two knows. */
function coldRefusals(pair: Pair, from: Speaker, to: Speaker): readonly Refusal[] {
  const here = from.engine.refusals('cold', {
    ...pair,
    targetVersion: pair.sourceVersion,
    target: fit(bare(pair.source), from, pair.source.raw),
  });
  const there = to.engine.refusals('cold', translated(pair, from, to));
  const known = new Set(here.map(({code, message}) => `${code} ${message}`));
  const lost = from.dialect.foreign(pair.container.raw);
  const devices = pair.container.devices.map((device) => `the device "${device}"`);
  return [
    ...here,
    ...there.filter(({code, message}) => !known.has(`${code} ${message}`)),
    ...[...lost, ...devices].map((what) => ({
      code: 'engine-lacks',
      message: `it was given ${what}, which ${to.engine.name} does not have, or not in the same way`,
      remedy: `start it again without that, or move it to a host with ${from.engine.name}`,
    })),
  ];
}

/** What the target's engine made is read in its own words, and held against what the source's told. */
function created(question: Question, pair: Pair, from: Speaker, to: Speaker): Question {
  return {
    command: question.command,
    read: (stdout) => {
      const inspected = parseJson(stdout);
      if (!inspected.ok) return err(`${to.engine.name} inspect: ${inspected.error}`);
      const made = asList(inspected.value)[0];
      if (made === undefined) return err(`${to.engine.name} inspect: no container`);
      const asked = from.dialect.read(pair.container.raw, endOf(pair, 'source'));
      const lost = commonDifferences(asked, to.dialect.read(made, endOf(pair, 'target')));
      return lost.length === 0
        ? ok('same configuration, as far as both engines know it')
        : err(`the container made on the target differs: ${lost.join('; ')}`);
    },
  };
}

/** What each side does is asked of its own engine. Memory stays, since neither restores what the other has frozen. */
function convertedMoves(pair: Pair, scratch: string, from: Speaker, to: Speaker): Moves {
  const here = from.engine.moves(pair, scratch);
  const there = to.engine.moves(translated(pair, from, to), scratch);
  const image = here.image &&
    there.image && {...there.image, send: here.image.send, bytes: here.image.bytes};
  return {
    source: here.source,
    target: {
      ...there.target,
      create: (at) => created(there.target.create(at), pair, from, to),
    },
    ...(image && {image}),
    ...(there.files && {files: there.files}),
    ...(here.hold && {hold: here.hold}),
  };
}

/** Moves from one engine to another that says what it knows, too: cold ones alone. Undefined where one of them does not. */
export function conversion(source: Engine, target: Engine): Engine | undefined {
  if (!source.dialect || !target.dialect) return undefined;
  const from: Speaker = {engine: source, dialect: source.dialect};
  const to: Speaker = {engine: target, dialect: target.dialect};
  const refusals = (strategy: Strategy, pair: Pair): readonly Refusal[] =>
    !movesMemory[strategy] ? coldRefusals(pair, from, to) : memoryStays(from, to);
  return {
    ...source,
    name: `${source.name} to ${target.name}`,
    refusals,
    fitness: fitnessBy(refusals),
    moves: (pair, scratch) => convertedMoves(pair, scratch, from, to),
  };
}
