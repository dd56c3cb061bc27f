import {expect} from 'vitest';
import type {Lane} from '../../src/planner/steps/step.js';

const sends = ['send', 'sync', 'compare', 'rounds'];

/** No copy starts while its source can still write to the target, and nothing is sent to it afterwards. */
export function expectSealed(lane: Lane): void {
  const {steps, container} = lane;
  let open: string | undefined;
  for (const {id, act} of steps) {
    if (act.kind === 'open-link') open = act.link;
    if (act.kind === 'seal-link' && act.link === open) open = undefined;
    if (sends.includes(act.kind)) expect(open, `${id} needs an open link`).toBe(container);
    if (isUse(id)) expect(open, `${id} comes before its link is sealed`).toBeUndefined();
  }
  if (lane.kind === 'move' && lane.ends === undefined) expectCompared(lane);
}

const isUse = (id: string): boolean => /\/(?:start|restore|commit)$/.test(id);

/** All that was copied is compared before it is used. */
function expectCompared({steps}: Lane): void {
  const copied = new Set<string>();
  for (const {id, act} of steps) {
    if (act.kind === 'sync') copied.add(act.receiver);
    if (act.kind === 'compare') for (const {receiver} of act.folders) copied.delete(receiver);
    if (isUse(id)) expect([...copied], `${id} comes before they are compared`).toEqual([]);
  }
}
