import {findMeant} from '../plan/suggest.js';
import {renderHistory, renderJournal, renderTimeline} from '../report/history-text.js';
import {runFields} from '../report/json-records.js';
import {renderSummary} from '../report/summary.js';
import {listRuns, readRun} from '../state/run-files.js';
import type {Context} from './context.js';
import {exits} from './exit.js';
import type {Invocation} from './invocation.js';
import {stateFolder} from './state-folder.js';

/** `cm history`: what earlier runs on this machine did. */
export async function history(
  context: Context,
  {run}: Invocation & {readonly verb: 'history'},
): Promise<number> {
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
  const kept = await readRun(folder, run);
  if (!kept) return context.fail([await unknownRun(folder, run)]);
  const {report, journal} = kept;
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

export async function unknownRun(folder: string, run: string) {
  const runs = await listRuns(folder);
  const near = findMeant(
    run,
    runs.map((each) => each.run),
  );
  return {
    kind: 'plan',
    code: 'no-such-run',
    message: `nothing is kept of a run "${run}"`,
    remedy: near === undefined ? 'see them all with "cm history"' : `did you mean "${near}"`,
  } as const;
}
