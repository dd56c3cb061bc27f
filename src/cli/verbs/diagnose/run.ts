import type {Problem} from '../../../base/problem.js';
import {diagnose, explain} from '../../../diagnose/explain.js';
import {renderDiagnosed, type Diagnosed} from '../../../report/text/diagnosis-text.js';
import type {KeptRun} from '../../../state/runner/run-files.js';
import type {RunReport} from '../../../state/runner/run-report.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';

interface Failure {
  /** The step, or what the problem is about. */
  readonly name: string;
  readonly problem: Problem;
}

const same = (one: Problem, other: Problem): boolean =>
  one.code === other.code && one.message === other.message && one.host === other.host;

/** What went wrong in a run, as it happened; each once, though it ended a step, a lane and the run. */
function failuresOf(report: RunReport): readonly Failure[] {
  const steps = report.timeline.flatMap(({step, undo, outcome, problem}) =>
    outcome === 'failed' && problem ? [{name: undo ? `undo ${step}` : step, problem}] : [],
  );
  const others = [
    ...report.containers.flatMap(({problems = []}) => problems),
    ...report.problems,
    ...report.warnings,
  ];
  const all = [
    ...steps,
    ...others.map((problem) => ({name: problem.container ?? problem.host ?? 'the run', problem})),
  ];
  return all.filter(
    (each, index) => all.findIndex(({problem}) => same(problem, each.problem)) === index,
  );
}

/** Of a run that wrote no report its journal has the words of what failed. */
const failuresOfJournal = ({journal}: KeptRun): readonly Failure[] =>
  journal.flatMap(({step, container, code, message}) =>
    message === undefined
      ? []
      : [
          {
            name: step ?? container ?? 'the run',
            problem: {kind: 'step', code: code ?? 'failed', message} as const,
          },
        ],
  );

const diagnosed = ({name, problem}: Failure): Diagnosed => {
  const {causes, lines} = diagnose(problem.log ?? []);
  return {name, lines, causes, problem};
};

/** The log explains it, or there is none and cm itself knows what to do. */
const isKnown = ({causes, problem}: Diagnosed): boolean =>
  causes.length > 0 || (problem?.log === undefined && problem?.remedy !== undefined);

const unknown = ({run}: KeptRun, of: readonly Diagnosed[]): Problem => ({
  kind: 'step',
  code: 'not-recognised',
  message: `nothing that failed in run "${run}" is known to cm`,
  remedy: `ask whoever knows the engine, with what "cm support ${run}" gathers`,
  log: of
    .flatMap(({problem}) => diagnose(problem?.log ?? []).errors.map(({text}) => text))
    .slice(-12),
});

/** What the failed steps of a run mean. */
export function diagnoseRun({printer, fail}: Context, kept: KeptRun): number {
  const failures = kept.report ? failuresOf(kept.report) : failuresOfJournal(kept);
  const all = failures.map(diagnosed);
  for (const {name, lines, causes, problem} of all) {
    const {host, container, code, message, remedy, command} = problem ?? {};
    const about = {step: name, host, container, code, message, remedy, command};
    printer.record({type: 'diagnosis', run: kept.run, ...about, lines, causes});
  }
  const known = all.filter(isKnown);
  printer.total({run: kept.run, failures: all.length, recognised: known.length});
  if (!kept.report) printer.note('this run wrote no report: it died, or is still at it');
  if (all.length === 0) {
    printer.result(`run ${kept.run}: nothing in it failed`);
    return exits.done;
  }
  const {outAbility} = printer.options;
  printer.result(
    `run ${kept.run}\n${all.map((each) => renderDiagnosed(each, outAbility)).join('\n')}`,
  );
  return known.length > 0 ? exits.done : fail([explain(unknown(kept, all))]);
}
