import type {HostView} from '../../state/host/observed.js';
import type {Draft, Scene} from './scene.js';
import {recordIn} from './lineage.js';
import {isParked, parkedIn} from './wanted.js';

/**
 * It runs nowhere, every host was looked at, and on one of them it is parked. Of one that is left to be
 * parked where it belongs nothing is said; nobody guesses while there are two of it.
 */
export function parkedDraft({container, found, views}: Scene, to: HostView): Draft | undefined {
  const {name, state} = container;
  const [only, other] = found;
  if (other) return undefined;
  if (!only) {
    const keeper = [...views.values()].find((view) => parkedIn(recordIn(view, name)));
    const record = keeper && parkedIn(recordIn(keeper, name));
    return record && {kind: 'bring', record, keeper, to};
  }
  const keeper = only.view;
  const record = parkedIn(recordIn(keeper, name));
  if (!record || !isParked(only.container, record)) return undefined;
  const stays = keeper === to && state !== 'running';
  return stays ? undefined : {kind: 'bring', record, keeper, to, found: only};
}
