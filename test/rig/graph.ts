import {command} from '../../src/base/command.js';
import type {Act, Lane, Step, StepGraph} from '../../src/planner/steps/step.js';

export const act = (name: string, host = 'alpha'): Act => ({
  kind: 'run',
  host,
  command: command(name),
});

/** What an act made by `act` does, in a word. */
export const word = (each: Act): string => (each.kind === 'run' ? each.command.argv[0] : each.kind);

/** A step of lane `lane`; it has an undo called `-name` unless it is told otherwise. */
export const step = (lane: string, name: string, rest: Partial<Step> = {}): Step => ({
  id: `${lane}/${name}`,
  lane,
  title: name,
  host: 'alpha',
  because: 'of the test',
  needs: [],
  act: act(`${lane}/${name}`),
  ...(!rest.commits && !rest.tolerant && !rest.always && {undo: act(`-${lane}/${name}`)}),
  ...rest,
});

/** The same step without an undo. */
export function forward(each: Step): Step {
  const {undo, ...rest} = each;
  return undo ? rest : each;
}

export const chained = (steps: readonly Step[]): readonly Step[] =>
  steps.map((each, index) => ({...each, needs: index > 0 ? [steps[index - 1]?.id ?? ''] : []}));

export const lane = (container: string, rest: Partial<Lane> = {}): Lane => ({
  container,
  kind: 'move',
  from: 'alpha',
  to: 'beta',
  after: [],
  onFailure: [],
  onRollback: [],
  steps: chained([
    step(container, 'prepare'),
    step(container, 'freeze', {downtime: true}),
    step(container, 'restore', {downtime: true, fence: true}),
    step(container, 'commit', {commits: true}),
    step(container, 'retire', {tolerant: true}),
    step(container, 'clean', {always: true}),
  ]),
  ...rest,
});

export const graph = (
  lanes: readonly Lane[],
  limits: StepGraph['limits'] = {parallel: 4, perHost: 4},
): StepGraph => ({lanes, limits});
