import type {Engine, Pair, Refusal, SurveyQuestion} from '../engines/engine.js';
import type {HostSurvey, ObservedContainer} from '../engines/facts.js';
import type {Container, HostName} from '../plan/plan.js';
import type {KeptManifest} from '../state/kept.js';
import type {HostView} from '../state/observed.js';
import {viewWithout} from './alone.js';
import type {Planned, Standing} from './change.js';
import {fingerprintOf} from './fingerprint.js';
import {fileMounts, keepRefusals} from './folders.js';
import {scratchOfKept} from './keep.js';
import {pairOf} from './ladder.js';
import {lane, making} from './lanes.js';
import {
  foundOf,
  hereOf,
  keepingOf,
  lanesOf,
  refusedFor,
  unseen,
  type Settled,
} from './plan-keep.js';
import type {Making} from './making.js';
import {planMoves, questions, type Inputs} from './plan-moves.js';
import {restoreHereParts} from './restore.js';
import type {Found} from './stand.js';
import {stand} from './stand.js';

/** What is asked of one container of a plan. */
export interface RestoreWish {
  readonly manifest: KeptManifest;
  readonly described: ObservedContainer;
  /** Where it is kept. */
  readonly host: HostName;
  readonly folder: string;
  /** Where it is to run; absent: where it is, or where it is kept. */
  readonly on?: HostName;
  /** Of the checkpoint that is kept first of what is there now. */
  readonly safety: string;
}

/** The planner of `cm restore`; what an earlier run left half done comes first, as it does in `apply`. */
export const restorePlanner = (wish: RestoreWish) => ({
  questions: (inputs: Inputs): ReadonlyMap<HostName, SurveyQuestion> => {
    const scene = sceneOf(inputs, wish);
    if (!scene) return questions(inputs);
    const {found, target} = scene;
    const mounts = [...fileMounts(wish.described), ...(found ? fileMounts(found.container) : [])];
    const asked = new Map<HostName, SurveyQuestion>([
      [wish.host, {leaving: [], arriving: []}],
      [target, {leaving: [], arriving: mounts}],
    ]);
    if (found) asked.set(found.view.host, {leaving: [found.container], arriving: mounts});
    return asked;
  },
  planMoves: (inputs: Inputs): Planned => planRestore(inputs, wish),
});

interface Scene {
  readonly container: Container;
  /** What is there now, where anything is. */
  readonly found?: Found;
  readonly target: HostName;
}

/** Undefined while something else has to be ended before, or nobody can tell where it is. */
function sceneOf(inputs: Inputs, wish: RestoreWish): Scene | undefined {
  const container = inputs.plan.containers.get(wish.manifest.container);
  if (!container) return undefined;
  const found = foundOf(inputs, container);
  const draft = stand(inputs.plan, inputs.observed, container);
  const isLost = draft.kind === 'problem' && draft.problem.code === 'not-found';
  if (!found && !isLost) return undefined;
  const target = wish.on ?? found?.view.host ?? wish.host;
  return {container, target, ...(found && {found})};
}

function planRestore(inputs: Inputs, wish: RestoreWish): Planned {
  const base = planMoves(inputs);
  const scene = sceneOf(inputs, wish);
  const settled = base.standings.map((standing): Settled => {
    const asked = standing.container.name === wish.manifest.container;
    if (!asked || !scene) return {standing, lanes: lanesOf(base, standing)};
    return restoreOne(inputs, scene, wish);
  });
  return {
    ...base,
    warnings: [],
    standings: settled.map(({standing}) => standing),
    graph: {...base.graph, lanes: settled.flatMap(({lanes}) => lanes)},
  };
}

const viewOf = ({observed}: Inputs, host: HostName): HostView | undefined => {
  const view = observed.hosts.get(host);
  return view && 'look' in view ? view : undefined;
};

function restoreOne(inputs: Inputs, scene: Scene, wish: RestoreWish): Settled {
  const {container, target, found} = scene;
  const view = viewOf(inputs, target);
  if (!view?.survey) return refusedFor(container, target, [unseen]);
  const elsewhere = target !== wish.host || (found && found.view.host !== target);
  if (elsewhere) return refusedFor(container, target, [notYet]);
  return here(inputs, scene, view, wish);
}

const notYet: Refusal = {
  code: 'restore-elsewhere',
  message: 'it is kept on another host than the one that it is to run on',
};

/** In place of itself, on the host that keeps it. */
function here(
  inputs: Inputs,
  {container, found}: Scene,
  view: HostView,
  wish: RestoreWish,
): Settled {
  const {host} = view;
  const {described, manifest, folder} = wish;
  const engine = inputs.engines.get(view.engine);
  const empty = viewWithout(found ? viewWithout(view, found.container) : view, described);
  const pair = pairOf(container, described, view, empty);
  if (!engine || !pair) return refusedFor(container, host, [unseen]);
  const made = making(
    inputs,
    {container, index: 0, pair, engine},
    {from: host, to: host, strategy: 'stateful'},
    scratchOfKept(manifest.id),
  );
  const refusals = [
    ...madeRefusals({engine, pair, made, wish, target: view.engine}),
    ...keepRefusals(container, described, empty),
    ...(found ? keepRefusals(container, found.container, view) : []),
  ];
  if (refusals.length > 0) return refusedFor(container, host, refusals);
  const runs = found?.container.state === 'running';
  const keeping = found && safetyOf(inputs, container, found, wish);
  const parts = restoreHereParts(
    {making: made, folder, files: manifest.stored.files},
    fingerprintOf(inputs.observed, container.name, [host]),
    runs ? keeping : undefined,
    keeping?.making,
  );
  const standing: Standing = {
    ...{kind: 'checkpoint', container, what: 'restore', id: manifest.id},
    ...{from: wish.host, to: host, because: becauseOf(wish, runs)},
  };
  const restored = lane(inputs, made, 'move', parts);
  return {
    standing,
    lanes: [{...restored, after: [], onFailure: [], onRollback: [], ends: 'restored'}],
  };
}

function safetyOf(inputs: Inputs, container: Container, found: Found, {safety}: RestoreWish) {
  const now = hereOf(inputs, container, found);
  return now && keepingOf(inputs, now, {id: safety, why: 'before-restore'});
}

/** Why this host's engine cannot make anything of what was kept. */
const madeRefusals = ({
  engine,
  pair,
  made,
  wish: {manifest},
  target,
}: {
  readonly engine: Engine;
  readonly pair: Pair;
  readonly made: Making;
  readonly wish: RestoreWish;
  readonly target: string;
}): readonly Refusal[] => [
  ...makerRefusals(manifest, target, pair.target),
  ...engine.refusals('stateful', pair),
  ...(made.moves.image ? [imageMissing(manifest)] : []),
];

const becauseOf = ({manifest: {origin}, safety}: RestoreWish, runs: boolean): string =>
  runs
    ? `as it was at ${origin.at}; what it is now is kept as ${safety} first`
    : `as it was at ${origin.at}; nothing of it runs now`;

const imageMissing = ({image}: KeptManifest): Refusal => ({
  code: 'image-missing',
  message: `the image "${image.name}" (${image.id.slice(0, 12)}) that it was made from is not there any more`,
  remedy: 'bring it back: a checkpoint restores from no other',
});

const older = (one: string, other: string): boolean =>
  one.localeCompare(other, 'en', {numeric: true}) < 0;

/** Images of memory are read by what is like their maker. */
function makerRefusals(
  {maker}: KeptManifest,
  engine: string,
  survey: HostSurvey,
): readonly Refusal[] {
  const differ = (what: string, was: string, is: string): readonly Refusal[] =>
    was === is || was === ''
      ? []
      : [
          {
            code: 'made-otherwise',
            message: `it was kept with the ${what} "${was}", and there is "${is}"`,
            remedy: 'restore it where it is the same',
          },
        ];
  const criu = survey.criu?.version ?? '';
  return [
    ...differ('engine', maker.engine, engine),
    ...differ('runtime', maker.runtime, survey.runtime),
    ...differ('architecture', maker.architecture, survey.architecture),
    ...(older(criu, maker.criu) ? differ('CRIU', maker.criu, criu) : []),
  ];
}
