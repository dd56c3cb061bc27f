import {entryOf} from '../../run/journal-events.js';
import {Journal} from '../../state/runner/journal.js';
import type {OpenListener} from '../session/context.js';
import {stateFolder} from '../session/state-folder.js';
import {keep} from './not-kept.js';

/** Keeps the events of a run while it runs, so that they are known after a crash. */
export const journal: OpenListener = ({machine, home, mask}, {run}) => {
  if (run === undefined) return undefined;
  const file = new Journal(stateFolder(machine.env, home), run);
  return {
    on: (event) => {
      const entry = entryOf(event);
      if (entry) file.write(mask.hideIn(entry));
    },
    flush: async () => file.written(),
    close: async () =>
      keep('journal', async () => {
        const trouble = await file.close();
        if (trouble !== undefined) throw new Error(trouble);
      }),
  };
};
