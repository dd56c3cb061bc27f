import {writeReport} from '../../state/runner/run-files.js';
import type {OpenListener} from '../session/context.js';
import {stateFolder} from '../session/state-folder.js';
import {keep} from './not-kept.js';

/** Keeps what came of a run, for `cm history`. */
export const runReport: OpenListener = ({machine, home, mask}, {run}) =>
  run === undefined
    ? undefined
    : {
        on: () => undefined,
        close: async (report) =>
          report
            ? keep('report', () => writeReport(stateFolder(machine.env, home), mask.hideIn(report)))
            : [],
      };
