import {strategies} from '../base/strategy.js';
import type {Problem} from '../base/problem.js';
import type {Engine, HostPair, Refusal} from '../engines/engine.js';
import type {Host, HostName, Strategy} from '../plan/plan.js';
import type {HostView} from '../state/host/observed.js';
import type {Exam} from './exam.js';
import {type Finding} from './finding.js';

/** One engine of one host that cm drives. */
export interface EngineSeen {
  readonly engine: Engine;
  /** What it tells, or why it could not be asked. */
  readonly view: HostView | Problem;
}

/** All that was found out about one host. */
export interface Subject {
  readonly host: Host;
  /** Why it could not be reached or examined. */
  readonly problem?: Problem;
  readonly exam?: Exam;
  /** It opens fewer ssh sessions at a time than a move needs. */
  readonly tooFewSessions?: Problem;
  /** Its clock minus the runner's, ms. */
  readonly clockMs?: number;
  /** Those that are there, the one first that a plan would use. */
  readonly engines: readonly EngineSeen[];
}

/** A host whose engine has told everything. */
export interface Able {
  readonly name: HostName;
  readonly engine: Engine;
  readonly view: HostView;
}

export const ableOf = ({host, engines}: Subject): readonly Able[] =>
  engines.flatMap(({engine, view}) =>
    'look' in view && view.survey !== undefined ? [{name: host.name, engine, view}] : [],
  );

/** What a refusal says, with the hosts' own names in place of their roles. */
export interface Named extends Refusal {
  readonly stops: readonly Strategy[];
}

/** Engines know no names: they say "the source" and "the target". */
const withNames = (text: string, source: HostName, target: HostName): string =>
  text.replaceAll(/\bthe (source|target)\b/g, (_all, role) =>
    role === 'source' ? source : target,
  );

export interface Between {
  readonly source: Able;
  readonly target: Able;
  readonly connections: HostPair['connections'];
  readonly networks: readonly string[];
}

function hostPair({source, target, connections, networks}: Between): HostPair | undefined {
  if (!source.view.survey || !target.view.survey) return undefined;
  return {
    source: source.view.survey,
    target: target.view.survey,
    sourceVersion: source.view.look.version,
    targetVersion: target.view.look.version,
    connections,
    networks,
  };
}

/** A driver that judges nothing without a container leaves everything open. */
const notTold = ({name}: Engine): Named => ({
  code: 'not-told',
  message: `what ${name} can do is not known before there is a container`,
  remedy: '"cm plan" tells it for each container',
  stops: strategies,
});

/** What the engine's own rules have against each strategy between two hosts; each reason once. */
export function fitnessOf(between: Between): readonly Named[] {
  const pair = hostPair(between);
  const {source, target} = between;
  if (source.engine.fitness === undefined) return [notTold(source.engine)];
  const found = new Map<string, Refusal & {stops: Strategy[]}>();
  for (const strategy of strategies) {
    const refusals = pair && source.engine.fitness(strategy, pair);
    for (const {code, message, remedy} of refusals ?? []) {
      const named = withNames(message, source.name, target.name);
      const known = found.get(named);
      if (known === undefined)
        found.set(named, {
          code,
          message: named,
          ...(remedy !== undefined && {remedy}),
          stops: [strategy],
        });
      else if (!known.stops.includes(strategy)) known.stops.push(strategy);
    }
  }
  return [...found.values()];
}

/** The same reason, perhaps with more said where the host is the source. */
export const isSame = (short: Named | Finding, long: Named): boolean =>
  short.code === long.code && long.message.startsWith(short.message);

/** What the host lacks by itself, whichever the other one is. */
export function lacksOf(able: Able, connections: HostPair['connections']): readonly Named[] {
  const all = fitnessOf({source: able, target: able, connections, networks: []});
  return all.filter((each) => !all.some((other) => other !== each && isSame(other, each)));
}
