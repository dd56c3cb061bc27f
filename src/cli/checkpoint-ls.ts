import {checkpointRecord} from '../report/checkpoint-records.js';
import {renderCheckpoint, renderCheckpoints} from '../report/checkpoint-text.js';
import {findHeld} from './checkpoint-find.js';
import {withKeepings} from './checkpoint-plans.js';
import type {Context} from './context.js';

/** `cm checkpoint ls`: what the hosts of the plans keep, of all containers or of some. */
export const listCheckpoints = async (
  context: Context,
  {names, files}: {readonly names: readonly string[]; readonly files: readonly string[]},
): Promise<number> =>
  withKeepings(context, files, (found) => {
    const {printer} = context;
    for (const {plan, keeping} of found) {
      const {held, resting} = keeping;
      const shown = held.filter(({container}) => names.length === 0 || names.includes(container));
      for (const each of shown) printer.record(checkpointRecord(each, resting));
      printer.result(renderCheckpoints(plan, shown, resting, printer.options.outAbility));
    }
    return Promise.resolve([]);
  });

/** `cm checkpoint inspect`: all that is known of one of them. */
export const inspectCheckpoint = async (
  context: Context,
  {id, files}: {readonly id: string; readonly files: readonly string[]},
): Promise<number> =>
  withKeepings(context, files, (found) => {
    const {printer} = context;
    const one = findHeld(found, id);
    if (!one.ok) return Promise.resolve([one.error]);
    const {held, at} = one.value;
    const {resting} = at.keeping;
    printer.record(checkpointRecord(held, resting, true));
    printer.result(renderCheckpoint(held, resting, printer.options.outAbility));
    return Promise.resolve([]);
  });
