import type {Problem} from '../../base/problem.js';
import type {Listener} from '../../report/listener.js';
import type {Context, Followed} from './context.js';

/** Opens every listener that wants to follow this; they are one from here on. */
export function follow(context: Context, followed: Followed): Required<Listener> {
  const all = context.listeners.flatMap((open) => open(context, followed) ?? []);
  return {
    on: (event) => {
      for (const each of all) each.on(event);
    },
    flush: async () => {
      await Promise.all(all.map(async (each) => each.flush?.()));
    },
    close: async (report) => {
      const problems: Problem[] = [];
      for (const each of all) problems.push(...(await each.close(report)));
      return problems;
    },
  };
}
