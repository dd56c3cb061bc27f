import {renderHistory, renderJournal, renderTimeline} from '../../../report/text/history-text.js';
import {runFields} from '../../../report/json/json-records.js';
import {renderSummary} from '../../../report/text/summary.js';
import {listRuns} from '../../../state/runner/run-files.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import {namedRun} from '../../session/find-run.js';
import {stateFolder} from '../../session/state-folder.js';

export interface HistoryOptions {
  /** Absent: all of them. */
  readonly run?: string;
}

/** `cm history`: what earlier runs on this machine did. */
export async function history(context: Context, {run}: HistoryOptions): Promise<number> {
  const {printer, machine, home} = context;
  const folder = stateFolder(machine.env, home);
  if (run !== undefined) return showRun(context, folder, run);
  const runs = await listRuns(folder);
  for (const each of runs) printer.record({type: 'run', ...each});
  printer.result(renderHistory(runs, printer.options.outAbility));
  return exits.done;
}

async function showRun(context: Context, folder: string, run: string): Promise<number> {
  const {printer} = context;
  const {outAbility} = printer.options;
  const kept = await namedRun(folder, run);
  if (!kept.ok) return context.fail([kept.error]);
  const {report, journal} = kept.value;
  if (report) {
    printer.record({type: 'run', ...runFields(report), timeline: report.timeline});
    printer.result(`${renderTimeline(report, outAbility)}\n${renderSummary(report, outAbility)}`);
  } else {
    for (const entry of journal) printer.record({...entry, type: 'journal', event: entry.type});
    printer.result(renderJournal(journal, outAbility));
    printer.note('this run wrote no report: it died, or is still at it');
  }
  return exits.done;
}
