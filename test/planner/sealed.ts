import {expect} from 'vitest';
import type {Lane} from '../../src/planner/steps/step.js';

const sends = ['send', 'sync', 'rounds'];

/** No copy starts while its source can still write to the target, and nothing is sent to it afterwards. */
export function expectSealed({steps, container}: Lane): void {
  let open: string | undefined;
  for (const {id, act} of steps) {
    if (act.kind === 'open-link') open = act.link;
    if (act.kind === 'seal-link' && act.link === open) open = undefined;
    if (sends.includes(act.kind)) expect(open, `${id} needs an open link`).toBe(container);
    if (/\/(?:start|restore|commit)$/.test(id))
      expect(open, `${id} comes before its link is sealed`).toBeUndefined();
  }
}
