import {command, type Command} from '../../src/base/command.js';
import {enginesOf} from '../../src/engines/registry.js';
import type {Engine, Moves} from '../../src/engines/engine.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import type {Action} from '../../src/planner/change.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import type {Act, Lane, Step} from '../../src/planner/steps/step.js';
import type {Container, Strategy} from '../../src/plan/plan.js';
import type {HostView, MoveRecord, Observed} from '../../src/state/host/observed.js';
import {removeRecordScript, writeRecordScript} from '../../src/state/host/records.js';
import {container, found, plan, record, survey} from '../planner/world.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {containerStates, HOSTS, phases, V, VIEW_SIZE} from './state.js';

/** What one part of an operation does on a host. */
export interface Effect {
  readonly verb: string;
  readonly host: number;
  readonly record?: {
    readonly phase: number;
    readonly id: number;
    readonly policy: number;
    readonly cold: number;
  };
  /** Of a restart policy. */
  readonly on?: boolean;
  /** Of a question whether it runs: also when it was started fresh. */
  readonly fresh?: boolean;
}

/** One step of a lane, as the search carries it out. */
export interface Operation {
  readonly name: string;
  readonly effects: readonly Effect[];
  readonly undo?: Effect;
  /** Its undo is tried only where this succeeds. */
  readonly undoOnlyIf?: Effect;
  readonly downtime: boolean;
  readonly fence: boolean;
  readonly commits: boolean;
  readonly tolerant: boolean;
  readonly always: boolean;
  /** Changes nothing for a container. */
  readonly harmless: boolean;
  /** Is left out where a person must look, or nothing was made. */
  readonly cleans: boolean;
}

export interface Program {
  readonly kind: Lane['kind'];
  readonly operations: readonly Operation[];
  readonly lane: Lane;
}

export interface Planning {
  readonly strategies: readonly Strategy[];
  /** With a volume that goes along. */
  readonly volume: boolean;
  /** Changes lanes: a protocol with something taken out of it. */
  readonly change?: (lane: Lane) => Lane;
  /** Takes a host that cannot be seen for an empty one. */
  readonly blind?: boolean;
}

/** As podman: only what runs has a memory to move. */
const refusals: Engine['refusals'] = (strategy, {container: {state}}) =>
  strategy !== 'cold' && state !== 'running' ? [{code: 'not-running', message: state}] : [];

const nothing: Command = {argv: ['fake', 'nothing']};

/** Memory that goes ahead changes nothing for the container. */
const rounds: Moves['rounds'] = {
  send: () => nothing,
  receive: nothing,
  read: () => ({ok: false, error: 'nothing was sent'}),
  forget: nothing,
};

const engine: Engine = {
  ...fakeEngine,
  refusals,
  moves: (pair, scratch) => {
    const moves = fakeEngine.moves(pair, scratch);
    const discard = command('fake', 'discard', pair.container.name);
    return {...moves, rounds, target: {...moves.target, discard}};
  },
};

/** So much memory that copying it ahead is worth it. */
const large = survey({
  weights: [
    {
      container: 'redis',
      memory: 8 * 2 ** 30,
      processes: 1,
      established: 0,
      rootfs: 0,
      mounts: {},
      blockers: [],
      locks: false,
    },
  ],
});

const mount = {
  kind: 'volume',
  name: 'data',
  source: '/volumes/data',
  destination: '/data',
  readOnly: false,
} as const;

function observedContainer(view: readonly number[], volume: boolean): ObservedContainer {
  const state = containerStates[view[V.container] ?? 0];
  return found('redis', state === 'gone' ? 'stopped' : state, {
    id: `id-${view[V.id] ?? 0}`,
    restored: view[V.restored] === 1,
    restartPolicy: view[V.policy] === 1 ? 'always' : 'no',
    mounts: volume ? [mount] : [],
  });
}

function records(view: readonly number[]): readonly MoveRecord[] {
  const phase = phases[view[V.record] ?? 0];
  if (phase === undefined || phase === 'none') return [];
  const id = `id-${view[V.recordId] ?? 0}`;
  const restartPolicy = view[V.recordPolicy] === 1 ? 'always' : 'no';
  const strategy = view[V.recordCold] === 1 ? 'cold' : 'stateful';
  return [record(phase, {id, run: `run-${view[V.recordRun] ?? 0}`, restartPolicy, strategy})];
}

function leases(view: readonly number[]): HostView['leases'] {
  const run = view[V.lease] ?? 0;
  if (run === 0) return [];
  const expired = view[V.expired] === 1;
  const who = {run: `run-${run}`, owner: 'me', plan: 'test', since: 'now'};
  return [{name: 'redis', ...who, ageSeconds: expired ? 61 : 1, expired}];
}

function observe(views: readonly (readonly number[])[], {volume, blind}: Planning): Observed {
  const all = views.map((view, index) => {
    const host = HOSTS[index] ?? '?';
    const seen = view[V.seen] === 1;
    if (!seen && !blind)
      return [host, {kind: 'unreachable', code: 'timed-out', message: 'none', host}] as const;
    const containers =
      seen && (view[V.container] ?? 0) > 0 ? [observedContainer(view, volume)] : [];
    const look = {version: '1', containers};
    const kept = seen ? {records: records(view), leases: leases(view)} : {records: [], leases: []};
    return [host, {host, engine: 'podman', look, survey: large, ...kept}] as const;
  });
  return {hosts: new Map<string, (typeof all)[number][1]>(all)};
}

const hostOf = (host: string): number => HOSTS.indexOf(host as (typeof HOSTS)[number]);

function phaseOf(phase: MoveRecord['phase']): number {
  if (phase === 'parked') throw new Error('no move parks a container');
  return phases.indexOf(phase);
}

function effectOf(host: number, {argv, stdin = ''}: Command): Effect {
  const [program, verb = '', , more = ''] = argv;
  if (program === 'fake') return verb === 'policy' ? {verb, host, on: more !== 'no'} : {verb, host};
  const text = argv[2];
  if (text === writeRecordScript) {
    const {phase, id, restartPolicy, strategy} = JSON.parse(stdin) as MoveRecord;
    const cold = strategy === 'cold' ? 1 : 0;
    const policy = restartPolicy === 'always' ? 1 : 0;
    return {
      verb: 'write',
      host,
      record: {phase: phaseOf(phase), id: Number(id.slice('id-'.length)), policy, cold},
    };
  }
  if (text === removeRecordScript) return {verb: 'forget', host};
  return {verb: 'nothing', host};
}

/** These are told by their step: their scripts are long, and are one for all engines. */
function named(name: string, effect: Effect): Effect {
  if (name.startsWith('sweep-')) return {...effect, verb: 'sweep'};
  if (name.startsWith('clean-')) return {...effect, verb: 'clean'};
  return effect;
}

/** What the fake engine prints of a container that was started and not restored. */
const startedFresh = JSON.stringify({state: 'running', restored: false});

function commandEffect(name: string, act: Act & {kind: 'run'}): Effect {
  const effect = named(name, effectOf(hostOf(act.host), act.command));
  return act.judge && act.reads ? {...effect, fresh: act.judge(startedFresh).ok} : effect;
}

function effectsOf(name: string, act: Act, lane: Lane): readonly Effect[] {
  if (act.kind === 'run') return [commandEffect(name, act)];
  const [source, target] = [hostOf(lane.from), hostOf(lane.to)];
  const host = act.kind === 'lease' || act.kind === 'release' ? hostOf(act.host) : source;
  const live = act.kind === 'sync' && act.live === true;
  const parts: Readonly<Partial<Record<Act['kind'], readonly Effect[]>>> = {
    lease: [
      {verb: 'lease', host},
      {verb: 'drain', host},
    ],
    release: [{verb: 'release', host}],
    confirm: [{verb: 'confirm', host: source}],
    send: [
      {verb: 'checkpoint', host: source},
      {verb: 'arrive', host: target},
    ],
    sync: [{verb: live ? 'nothing' : 'copied', host: target}],
  };
  return parts[act.kind] ?? [{verb: 'nothing', host: source}];
}

type Flag = 'downtime' | 'fence' | 'commits' | 'tolerant' | 'always';

const flags = ({downtime, fence, commits, tolerant, always}: Step): Pick<Operation, Flag> => ({
  downtime: downtime === true,
  fence: fence === true,
  commits: commits === true,
  tolerant: tolerant === true,
  always: always === true,
});

function operation(lane: Lane, step: Step): Operation {
  const {id, act, undo, undoOnlyIf} = step;
  const name = id.slice(id.indexOf('/') + 1);
  const reads = act.kind === 'run' && act.reads === true;
  const back = undo && effectsOf(name, undo, lane)[0];
  const onlyIf = undoOnlyIf && effectsOf(name, undoOnlyIf, lane)[0];
  return {
    name,
    effects: effectsOf(name, act, lane),
    ...(back && {undo: back}),
    ...(onlyIf && {undoOnlyIf: onlyIf}),
    ...flags(step),
    harmless: act.kind === 'lease' || act.kind === 'confirm' || reads,
    cleans: act.kind === 'run',
  };
}

const idle = ({effects, undo}: Operation): boolean =>
  undo === undefined && effects.every(({verb}) => verb === 'nothing');

/** What is undone by nothing has no undo. */
function withoutIdleUndo(each: Operation): Operation {
  const {undo, ...rest} = each;
  return undo?.verb === 'nothing' ? rest : each;
}

/** One of neighbours that change nothing stands for all of them: it may fail as they may. */
function shortened(operations: readonly Operation[]): readonly Operation[] {
  return operations.filter((each, index) => {
    const before = operations[index - 1];
    if (!idle(each)) return true;
    if (each.always) return false;
    return !(before && idle(before) && before.downtime === each.downtime);
  });
}

/** Each step of a lane, those that run in any case last. */
export function operationsOf(lane: Lane): readonly Operation[] {
  const all = lane.steps.map((step) => operation(lane, step));
  return [...all.filter(({always}) => !always), ...all.filter(({always}) => always)];
}

const compile = (lane: Lane): Program => ({
  kind: lane.kind,
  operations: shortened(operationsOf(lane).map(withoutIdleUndo)),
  lane,
});

/** Where a pair of looks leads to: a program, or the reason why there is none. */
export interface Decision {
  readonly program?: Program;
  /** Its number, from 1. */
  readonly number: number;
  readonly action: Action;
  /** Of one that is refused. */
  readonly code?: string;
}

/** Asks the code itself, `planMoves`, once for each pair of looks that differs. */
export class Planner {
  readonly programs: Program[] = [];
  readonly #planning: Planning;
  readonly #known = new Map<string, Decision>();
  readonly #numbers = new Map<string, number>();
  readonly #desired: Container;

  constructor(planning: Planning) {
    this.#planning = planning;
    this.#desired = container('redis', 'beta', {strategy: planning.strategies});
  }

  decide(views: readonly (readonly number[])[]): Decision {
    const key = views.map((view) => view.join()).join(';');
    const known = this.#known.get(key);
    if (known) return known;
    const decision = this.#decide(views);
    this.#known.set(key, decision);
    return decision;
  }

  get decisions(): number {
    return this.#known.size;
  }

  #decide(views: readonly (readonly number[])[]): Decision {
    const observed = observe(views, this.#planning);
    const {decisions, graph} = planMoves({
      plan: plan([this.#desired]),
      observed,
      engines: enginesOf([engine]),
      run: 'run-self',
      at: 'now',
    });
    const [decision] = decisions;
    if (!decision) throw new Error('no decision');
    const {action} = decision;
    const code = decision.action === 'refused' ? decision.problems[0]?.code : undefined;
    const [lane] = graph.lanes;
    if (!lane) return {number: 0, action, ...(code !== undefined && {code})};
    const program = compile(this.#planning.change?.(lane) ?? lane);
    return {program, number: this.#number(program), action};
  }

  /** Equal programs have one number, whatever was seen. */
  #number(program: Program): number {
    const {kind, operations} = program;
    const text = JSON.stringify([kind, operations]);
    const number = this.#numbers.get(text) ?? this.programs.push(program);
    this.#numbers.set(text, number);
    return number;
  }
}

export const viewOf = (state: readonly number[], at: number): readonly number[] =>
  state.slice(at, at + VIEW_SIZE);
