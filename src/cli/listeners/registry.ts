import type {OpenListener} from '../session/context.js';
import {jobSummary} from './job-summary.js';
import {journal} from './journal.js';
import {runReport} from './run-report.js';
import {watchLines} from './watch-lines.js';

/**
 * Everything that follows runs and watches, beside the view on the terminal. A new listener is a file beside this one
 * and a line here.
 */
export const listeners: readonly OpenListener[] = [journal, runReport, jobSummary, watchLines];
