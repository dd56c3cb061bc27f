import type {Inputs} from '../inputs.js';
import type {Refusal} from '../../engines/engine.js';
import type {HostSurvey, ObservedContainer} from '../../engines/facts.js';
import type {Container, HostName} from '../../plan/plan.js';
import type {KeptManifest} from '../../state/host/kept.js';
import type {HostView} from '../../state/host/observed.js';
import {allowRefusalsBetween} from '../claims/allowed.js';
import {viewWithout} from '../alone.js';
import {keepRefusals} from '../claims/folder-refusals.js';
import {scratchOfKept} from '../checkpoint/keep.js';
import {pairOf} from '../strategy/ladder.js';
import {making} from '../lanes/lanes.js';
import type {Making} from '../steps/making.js';
import type {Found} from '../situation/scene.js';

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

/** One container, and where it is to be restored. */
export interface RestoreScene {
  readonly container: Container;
  /** What is there now, where anything is. */
  readonly found?: Found;
  readonly target: HostName;
}

/** The container as it was kept, on its way to where it is to run; and why that cannot be. */
export function targetOf(
  inputs: Inputs,
  {container, found}: RestoreScene,
  [from, to]: readonly [HostView, HostView],
  {described, manifest}: RestoreWish,
):
  | {readonly made: Making; readonly refusals: readonly Refusal[]; readonly empty: HostView}
  | undefined {
  const engine = from.engine === to.engine ? inputs.engines.get(to.engine) : undefined;
  const isThere = found?.view.host === to.host;
  const empty = viewWithout(isThere ? viewWithout(to, found.container) : to, described);
  const pair = pairOf(container, described, weighed(from, manifest), empty);
  if (!engine || !pair) return undefined;
  const made = making(
    inputs,
    {container, index: 0, pair, engine},
    {from: from.host, to: to.host, strategy: 'stateful'},
    scratchOfKept(manifest.id),
  );
  const isSent = from !== to && pair.source.images.some(({id}) => id === manifest.image.id);
  const refusals = [
    ...makerRefusals(manifest, to.engine, pair.target),
    ...engine.refusals('stateful', pair),
    ...allowRefusalsBetween(container, described, engine, {source: from, target: to}),
    ...(made.moves.image && !isSent ? [imageMissing(manifest)] : []),
    ...(found ? keepRefusals(container, found.container, found.view) : []),
  ];
  return {made, refusals, empty};
}

/** What it weighed then, and not what the one of its name weighs now; what could not be kept was refused then. */
export const weighed = (view: HostView, {container, content}: KeptManifest): HostView =>
  view.survey
    ? {
        ...view,
        survey: {
          ...view.survey,
          weights: [
            {
              ...{container, memory: content.memory, processes: content.processes.length},
              ...{established: 0, rootfs: 0, mounts: {}, blockers: [], locks: false},
            },
          ],
        },
      }
    : view;

export const imageMissing = ({image}: KeptManifest): Refusal => ({
  code: 'image-missing',
  message: `the image "${image.name}" (${image.id.slice(0, 12)}) that it was made from is not there any more`,
  remedy: 'bring it back: a checkpoint restores from no other',
});

const older = (one: string, other: string): boolean =>
  one.localeCompare(other, 'en', {numeric: true}) < 0;

/** Images of memory are read by what is like their maker. */
export function makerRefusals(
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
