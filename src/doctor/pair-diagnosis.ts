import {strategies} from '../base/strategy.js';
import {conversion} from '../engines/conversion.js';
import type {HostName, Strategy} from '../plan/plan.js';
import {levelOf, needs, type Finding} from './finding.js';
import {briefly, fixOf, quotedIn} from './fixes.js';
import type {HostDiagnosis} from './host-diagnosis.js';
import {differences} from './pair-differences.js';
import {ableOf, fitnessOf, isSame, type Able, type Between, type Named} from './subject.js';
import type {Met, Way} from './way.js';
import {pairKey, type Asked, type Wishes} from './wishes.js';

export type Verdict =
  | {readonly possible: true}
  | {
      readonly possible: false;
      /** In a few words each, the first is the one to begin with. */
      readonly because: readonly [string, ...string[]];
      readonly codes: readonly string[];
    };

/** What is to be said of moving from one host to another. */
export interface PairDiagnosis {
  readonly source: HostName;
  readonly target: HostName;
  /** Absent where they have none in common. */
  readonly engine?: string;
  readonly way: 'direct' | 'relay' | 'none';
  readonly asked: readonly Strategy[];
  readonly verdicts: Readonly<Record<Strategy, Verdict>>;
  /** What only the two together show; what one of them lacks is said of it alone. */
  readonly findings: readonly Finding[];
}

/** How a pair is connected: by a link of their own that was tried, through the runner, or not at all. */
export interface Connected {
  readonly way: Way | undefined;
  readonly met: Met | undefined;
}

interface Stop {
  readonly code: string;
  readonly brief: string;
  readonly stops: readonly Strategy[];
}

const wayGap = (code: string, message: string, what: string): Finding => ({
  level: 'gap',
  code,
  message,
  stops: strategies,
  fix: needs(what),
});

function wayFindings(source: HostName, {way, met}: Connected): readonly Finding[] {
  if (way === undefined || met === undefined) return [];
  const {target, address, port, fingerprint} = way;
  const at = `${address} port ${port}`;
  if (met.kind === 'nothing')
    return [
      wayGap(
        'way-blocked',
        `${source} cannot reach ${target} over ssh at ${at}: ${met.because}`,
        `a firewall that lets ${source} through to that port, a "peerAddress" of ${target} that ${source} can reach, or "transfer: relay" in the plan`,
      ),
    ];
  if (met.fingerprint === fingerprint) return [];
  return [
    wayGap(
      'way-key-differs',
      `${source} meets another machine at ${at} than this one does: its key is ${met.fingerprint}, and that of ${target} is ${fingerprint}`,
      `a "peerAddress" of ${target} that leads ${source} to it`,
    ),
  ];
}

const knowsContainers = ({view}: Able): boolean => view.look.containers.length > 0;

/** Where none is common to both, containers may still go from the one's to the other's. */
function crossed(source: HostDiagnosis, target: HostDiagnosis): readonly (readonly [Able, Able])[] {
  const there = ableOf(target.subject);
  return ableOf(source.subject).flatMap((one) =>
    there.flatMap((other): (readonly [Able, Able])[] => {
      const engine = conversion(one.engine, other.engine);
      return engine === undefined ? [] : [[{...one, engine}, other]];
    }),
  );
}

/**
 * Engines that both have. A plan means the one that has its containers, or else the first; without a plan
 * any of them may be meant.
 */
function inCommon(
  source: HostDiagnosis,
  target: HostDiagnosis,
  planned: boolean,
): readonly (readonly [Able, Able])[] {
  const there = ableOf(target.subject);
  const common = ableOf(source.subject).flatMap((one) =>
    there
      .filter(({engine}) => engine.name === one.engine.name)
      .map((other): readonly [Able, Able] => [one, other]),
  );
  if (common.length === 0) return crossed(source, target);
  if (!planned) return common;
  const used = common.filter(([one, other]) => knowsContainers(one) || knowsContainers(other));
  return used.length > 0 ? used : common.slice(0, 1);
}

/** One that cannot be reached, or shows no engine, lets nothing move. */
function missingHalf(source: HostDiagnosis, target: HostDiagnosis): readonly Stop[] {
  const bad = [source, target].flatMap(({subject}) => {
    const {name} = subject.host;
    if (subject.exam === undefined) return [{code: 'unreachable', brief: `${name} not reached`}];
    if (ableOf(subject).length > 0) return [];
    const [silent] = subject.engines;
    return silent === undefined
      ? [{code: 'no-engine', brief: `no engine on ${name}`}]
      : [{code: 'engine-silent', brief: `${silent.engine.name} silent on ${name}`}];
  });
  const found =
    bad.length > 0
      ? bad
      : [{code: 'engines-differ', brief: briefly({code: 'engines-differ', message: ''})}];
  return found.map((each) => ({...each, stops: strategies}));
}

/** A processor lacks many flags at once, which are one reason. */
function together(named: readonly Named[]): readonly Named[] {
  const flags = named.filter(({code}) => code === 'cpu-flag-missing');
  const [first] = flags;
  if (first === undefined || flags.length === 1) return named;
  const names = flags.map(
    ({message}) => / lacks "([^"]*)"/.exec(message)?.[1] ?? quotedIn(message),
  );
  const many = ` lacks ${flags.length} features ("${names.join('", "')}")`;
  const message = first.message.replace(/ lacks "[^"]*"/, many);
  return [...named.filter(({code}) => code !== 'cpu-flag-missing'), {...first, message}];
}

interface Judged {
  readonly findings: readonly Finding[];
  readonly stops: readonly Stop[];
}

/** What the engine's rules say of the two, apart from what each of them lacks by itself. */
function judge(between: Between, ends: readonly HostDiagnosis[], wanted: Wishes): Judged {
  const all = together(fitnessOf(between));
  const ownerOf = (each: Named): string | undefined =>
    ends.find(({findings}) => findings.some((finding) => isSame(finding, each)))?.subject.host.name;
  const {survey} = between.target.view;
  const exam = ends[1]?.subject.exam;
  const host = between.target.name;
  return {
    stops: all.map((each) => {
      const owner = ownerOf(each);
      const brief = briefly(each);
      const {code, stops} = each;
      return {code, stops, brief: owner === undefined ? brief : `${brief} on ${owner}`};
    }),
    findings: all.flatMap((refusal): Finding[] => {
      if (ownerOf(refusal) !== undefined || exam === undefined) return [];
      const {code, message, stops} = refusal;
      const fix = fixOf({refusal, host, exam, memoryFree: survey?.memoryFree ?? 0});
      return [{level: levelOf(stops, wanted.strategies), code, message, stops, fix}];
    }),
  };
}

/** What stands against a host whichever engine it has stands against every pair with it. */
function systemStops({subject, findings}: HostDiagnosis, codes: readonly string[]): Stop[] {
  return findings
    .filter(({code, stops}) => codes.includes(code) && stops.length > 0)
    .map((each) => ({
      code: each.code,
      brief: `${briefly(each)} on ${subject.host.name}`,
      stops: each.stops,
    }));
}

const ofEither = [
  ...['not-root', 'capability-missing', 'ptrace-forbidden', 'not-writable'],
  'too-few-sessions',
];
const ofSources = [...ofEither, 'bandwidth-needs-pv'];

function verdictsOf(stops: readonly Stop[]): PairDiagnosis['verdicts'] {
  const of = (strategy: Strategy): Verdict => {
    const mine = stops.filter((each) => each.stops.includes(strategy));
    const [first, ...rest] = [...new Set(mine.map(({brief}) => brief))];
    if (first === undefined) return {possible: true};
    return {
      possible: false,
      because: [first, ...rest],
      codes: [...new Set(mine.map(({code}) => code))],
    };
  };
  return {cold: of('cold'), stateful: of('stateful'), 'pre-copy': of('pre-copy')};
}

/** Whether, and by which strategies, containers can move from one host to the other; by each engine that may be meant. */
export function diagnosePair(
  source: HostDiagnosis,
  target: HostDiagnosis,
  connected: Connected,
  wishes: Wishes,
): readonly PairDiagnosis[] {
  const [from, to] = [source.subject.host.name, target.subject.host.name];
  const ends = [source, target];
  const asked: Asked | undefined = wishes.asked?.find(
    (each) => pairKey(each.source, each.target) === pairKey(from, to),
  );
  const common = inCommon(source, target, wishes.asked !== undefined);
  const way = wayFindings(from, connected);
  const same = {source: from, target: to, asked: asked?.strategies ?? []};
  const wayStops = way.map((each) => ({...each, brief: briefly(each)}));
  const hostStops = [...systemStops(source, ofSources), ...systemStops(target, ofEither)];
  if (common.length === 0) {
    const verdicts = verdictsOf([...missingHalf(source, target), ...wayStops, ...hostStops]);
    return [{...same, way: 'none', verdicts, findings: way}];
  }
  return common.map(([one, other], index) => {
    const between = {source: one, target: other, connections: wishes.connections};
    const judged = judge({...between, networks: asked?.networks ?? []}, ends, wishes);
    return {
      ...same,
      engine: one.engine.name,
      way: connected.way === undefined ? 'relay' : way.length > 0 ? 'none' : 'direct',
      verdicts: verdictsOf([...wayStops, ...hostStops, ...judged.stops]),
      findings: [
        ...(index === 0 ? way : []),
        ...judged.findings,
        ...differences(between, ends, judged.findings),
      ],
    };
  });
}
