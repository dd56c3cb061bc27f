import type {Context} from './context.js';
import type {Invocation} from './invocation.js';

/** `cm watch`: applies whenever a plan or the world has changed. */
export function watch(
  context: Context,
  {files}: Invocation & {readonly verb: 'watch'},
): Promise<number> {
  const code = 'no-watch';
  const message = `this version cannot watch ${files.join(', ') || 'plans'}`;
  const remedy = 'run "cm apply" from a timer';
  return Promise.resolve(context.fail([{kind: 'preflight', code, message, remedy}]));
}
