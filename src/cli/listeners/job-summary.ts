import {appendFile} from 'node:fs/promises';
import {renderJobSummary} from '../../report/github/github.js';
import type {OpenListener} from '../session/context.js';
import {keep} from './not-kept.js';

/** Adds what came of a run to the summary of a GitHub job. */
export const jobSummary: OpenListener = ({machine, mask}, {run}) => {
  const file = machine.env['GITHUB_STEP_SUMMARY'];
  if (run === undefined || file === undefined || file === '') return undefined;
  return {
    on: () => undefined,
    close: async (report) =>
      report
        ? keep('job summary', () => appendFile(file, mask.hide(renderJobSummary(report))))
        : [],
  };
};
