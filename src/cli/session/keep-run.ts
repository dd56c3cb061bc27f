import {appendFile} from 'node:fs/promises';
import type {Problem} from '../../base/problem.js';
import {renderJobSummary} from '../../report/github/github.js';
import type {Listener} from '../../run/events.js';
import {entryOf} from '../../run/journal-events.js';
import {Journal} from '../../state/runner/journal.js';
import {writeReport} from '../../state/runner/run-files.js';
import type {RunReport} from '../../state/runner/run-report.js';
import type {Context} from './context.js';
import {stateFolder} from './state-folder.js';

export interface Keeping {
  readonly on: Listener;
  /** What has been said so far is on the disk, or cannot be. */
  written(): Promise<void>;
  /** Keeps the report; a full disk is worth a warning, and changes nothing about the run. */
  close(report: RunReport): Promise<void>;
}

const notKept = (what: string, message: string): Problem => ({
  kind: 'step',
  code: 'not-kept',
  message: `the ${what} of this run could not be kept: ${message}`,
  remedy: 'see that there is room, and that you may write there; the run itself is not concerned',
});

async function attempt(what: string, work: () => Promise<unknown>): Promise<readonly Problem[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [notKept(what, error instanceof Error ? error.message : String(error))];
  }
}

/** What stays of a run on this machine: its journal, its report, and the summary of a CI job. */
export function keepRun({machine, home, mask, printer}: Context, run: string): Keeping {
  const folder = stateFolder(machine.env, home);
  const journal = new Journal(folder, run);
  return {
    on: (event) => {
      const entry = entryOf(event);
      if (entry) journal.write(mask.hideIn(entry));
    },
    written: async () => journal.written(),
    close: async (report) => {
      const trouble = await journal.close();
      const summary = machine.env['GITHUB_STEP_SUMMARY'];
      const problems = [
        ...(trouble === undefined ? [] : [notKept('journal', trouble)]),
        ...(await attempt('report', () => writeReport(folder, mask.hideIn(report)))),
        ...(summary === undefined || summary === ''
          ? []
          : await attempt('job summary', () =>
              appendFile(summary, mask.hide(renderJobSummary(report))),
            )),
      ];
      printer.problems(problems, 'warning');
    },
  };
}
