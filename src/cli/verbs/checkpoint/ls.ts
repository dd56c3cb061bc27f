import type {Problem} from '../../../base/problem.js';
import {checkpointRecord} from '../../../report/json/checkpoint-records.js';
import {renderCheckpoint, renderCheckpoints} from '../../../report/text/checkpoint-text.js';
import {findHeld} from './find.js';
import {withKeepings, type PlanKeeping} from './plans.js';
import type {Context} from '../../session/context.js';
import {unknownContainer} from '../../command-line/selection.js';

/** Neither the plans nor what is kept on their hosts has these. */
function unknownNames(found: readonly PlanKeeping[], names: readonly string[]): readonly Problem[] {
  const known = new Set(
    found.flatMap(({plan, keeping}) => [
      ...plan.containers.keys(),
      ...keeping.held.map(({container}) => container),
    ]),
  );
  return names.filter((name) => !known.has(name)).map((name) => unknownContainer(name, known));
}

export interface LsOptions {
  /** Containers; none: all of them. */
  readonly names: readonly string[];
  readonly files: readonly string[];
}

export interface InspectOptions {
  readonly id: string;
  readonly files: readonly string[];
}

/** `cm checkpoint ls`: what the hosts of the plans keep, of all containers or of some. */
export const listCheckpoints = async (
  context: Context,
  {names, files}: LsOptions,
): Promise<number> =>
  withKeepings(context, files, (found) => {
    const {printer} = context;
    const unknown = unknownNames(found, names);
    if (unknown.length > 0) return Promise.resolve(unknown);
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
  {id, files}: InspectOptions,
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
