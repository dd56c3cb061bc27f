import {unreachable} from '../../../base/result.js';
import {inspectCheckpoint, listCheckpoints} from './ls.js';
import {pruneCheckpoints, removeCheckpoints} from './rm.js';
import type {Context} from '../../session/context.js';
import type {Invocation} from '../../command-line/invocation.js';

/** `cm checkpoint …`: what is kept of containers on their hosts. */
export async function checkpoint(
  context: Context,
  asked: Invocation & {readonly verb: 'checkpoint'},
): Promise<number> {
  switch (asked.what) {
    case 'create':
      return (await import('./create.js')).createCheckpoint(context, asked);
    case 'ls':
      return listCheckpoints(context, asked);
    case 'inspect':
      return inspectCheckpoint(context, asked);
    case 'rm':
      return removeCheckpoints(context, asked);
    case 'prune':
      return pruneCheckpoints(context, asked);
    default:
      return unreachable(asked);
  }
}
