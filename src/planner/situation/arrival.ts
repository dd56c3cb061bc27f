import {movesMemory} from '../../base/strategy.js';
import type {ObservedContainer} from '../../engines/facts.js';
import type {HostView, MoveRecord} from '../../state/host/observed.js';
import {isUpState} from './wanted.js';

export const isUp = (container: ObservedContainer | undefined): boolean =>
  container !== undefined && isUpState(container.state);

/**
 * What the same run wrote down on the target, or the one that finished it: before it began, this run
 * had written its own `arriving` over whatever stood there. Any other record there is another story.
 */
export const arrivalOf = (
  {run, container, from}: MoveRecord,
  target: HostView,
): MoveRecord | undefined =>
  target.records.find(
    (each) =>
      each.container === container &&
      (each.phase === 'arrived'
        ? each.run === run || (each.from === from && each.to === target.host)
        : each.phase === 'arriving' && each.run === run),
  );

/** Past the commit point, or so near to it that going on is safer than going back. */
export function hasArrived(
  record: MoveRecord,
  arrival: MoveRecord | undefined,
  onTarget: ObservedContainer,
): boolean {
  if (arrival?.phase === 'arrived') return true;
  return isUp(onTarget) && (record.phase === 'left' || arrival !== undefined);
}

/** Its host lost its power and started it again, or its engine did so without a word. */
const isFresh = ({strategy}: MoveRecord, onTarget: ObservedContainer): boolean =>
  movesMemory[strategy] && isUp(onTarget) && !onTarget.restored;

/** It runs there without its memory, and what was committed is not that. */
export const forgot = (
  record: MoveRecord,
  arrival: MoveRecord | undefined,
  onTarget: ObservedContainer,
): boolean =>
  record.phase === 'leaving' && arrival?.phase !== 'arrived' && isFresh(record, onTarget);

/** In words, after "it is". */
export const arrivedHow = (record: MoveRecord, onTarget: ObservedContainer): string =>
  `on ${record.to}${isFresh(record, onTarget) ? ', where it was started fresh: what it had in memory is lost' : ''}`;
