import type {Lane, Step, StepGraph} from './step.js';

/** The steps of a lane and the hooks that run after a failure of it. */
export const stepsOfLane = ({steps, onFailure, onRollback}: Lane): readonly Step[] => [
  ...steps,
  ...onFailure,
  ...onRollback,
];

/** Every step that a run may take. */
export const allSteps = ({lanes, hooks}: StepGraph): readonly Step[] => [
  ...(hooks?.before ?? []),
  ...lanes.flatMap(stepsOfLane),
  ...(hooks?.after ?? []),
  ...(hooks?.onFailure ?? []),
];

/** The steps that run a program of the plan's author. */
export const hooksIn = (graph: StepGraph): readonly Step[] =>
  allSteps(graph).filter(({act, undo}) => act.kind === 'hook' || undo?.kind === 'hook');
