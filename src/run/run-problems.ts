import type {Problem} from '../base/problem.js';
import type {Plan} from '../plan/plan.js';

export const declined: Problem = {
  kind: 'declined',
  code: 'declined',
  message: 'the plan was not approved; nothing was touched',
};

export const stopped: Problem = {
  kind: 'step',
  code: 'interrupted',
  message: 'interrupted before anything was touched',
};

export const suspended = ({name, file}: Plan): Problem => ({
  kind: 'plan',
  code: 'suspended',
  message: `plan "${name}" (${file}) is suspended and was not applied`,
  remedy: 'take "suspend: true" out of it',
});

/** Moves that were interrupted, and for which no steps could be made. */
export const unrecovered = (container: string): Problem => ({
  kind: 'look',
  code: 'not-recovered',
  container,
  message: `an interrupted move of "${container}" can be neither finished nor undone by itself`,
  remedy: 'look at both of its hosts, and run the same command again',
});

/** Somebody, or something, makes interrupted moves faster than they are ended. */
export const endless: Problem = {
  kind: 'look',
  code: 'no-end-of-recovery',
  message: 'each look at the hosts shows another interrupted move',
  remedy: 'see with "cm status" who else moves these containers, and run the same command again',
};
