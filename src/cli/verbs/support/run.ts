import {resolve} from 'node:path';
import {baseName} from '../../../base/base-name.js';
import {diagnose} from '../../../diagnose/explain.js';
import type {Plan} from '../../../plan/plan.js';
import {renderDiagnosed} from '../../../report/text/diagnosis-text.js';
import type {KeptRun} from '../../../state/runner/run-files.js';
import type {Context} from '../../session/context.js';
import {loadPlans} from '../../session/load-plans.js';
import type {Raw} from './pack.js';

/** What is known here of the run itself. */
export interface OfRun {
  readonly files: readonly Raw[];
  /** As it is now; absent when it cannot be read any more. */
  readonly plan?: Plan;
  /** What whoever opens the archive should know. */
  readonly notes: readonly string[];
}

const plain = {color: false, unicode: false};

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function diagnosisOf({report}: KeptRun): string {
  const failed = (report?.timeline ?? []).flatMap(({step, problem}) =>
    problem ? [{name: step, problem, ...diagnose(problem.log ?? [])}] : [],
  );
  return failed.map((each) => `${renderDiagnosed(each, plain)}\n`).join('\n');
}

interface PlanNow {
  readonly texts: readonly {readonly name: string; readonly text: string}[];
  readonly plan?: Plan;
  readonly notes: readonly string[];
}

const unasked = (why: string): string => `no host was asked, since ${why}`;

/** What became of the plan of a run. */
function noteOn(report: KeptRun['report'], plan: Plan | undefined): readonly string[] {
  if (!plan) return [unasked('the plan of the run is not in that file any more')];
  if (!report || plan.hash === report.plan.hash) return [];
  return ['the plan has changed since the run: what is here is how it is now'];
}

const nameOf = ({report, journal}: KeptRun): string | undefined =>
  report?.plan.name ?? journal.find(({plan}) => plan !== undefined)?.plan;

/** The plan where it was when it was applied, or where the command line says. */
async function planOf(
  context: Context,
  kept: KeptRun,
  file = kept.report?.plan.file,
): Promise<PlanNow> {
  const loaded = await loadPlans(context, file === undefined ? [] : [file]);
  if (!loaded.ok) {
    const why = loaded.error[0]?.message ?? 'it is not valid';
    return {texts: [], notes: [unasked(`the plan cannot be read any more (see --plan): ${why}`)]};
  }
  const plan = loaded.value.plans.find(({name}) => name === nameOf(kept));
  return {texts: loaded.value.files, ...(plan && {plan}), notes: noteOn(kept.report, plan)};
}

/** Report, journal, plan, and what cm makes of it. */
export async function supportOfRun(
  context: Context,
  kept: KeptRun,
  file: string | undefined,
): Promise<OfRun> {
  const {machine} = context;
  const {texts, plan, notes} = await planOf(context, kept, file);
  const provenance = await context.provenance();
  const about = {...provenance, platform: machine.platform, run: kept.run};
  return {
    files: [
      {name: 'cm.json', text: json(about)},
      ...(kept.report ? [{name: 'run/report.json', text: json(kept.report)}] : []),
      {
        name: 'run/journal.jsonl',
        text: kept.journal.map((each) => `${JSON.stringify(each)}\n`).join(''),
      },
      {name: 'run/diagnosis.txt', text: diagnosisOf(kept)},
      ...texts.map(({name, text}, index) => ({
        name: `plan/${index + 1}-${baseName(resolve(machine.cwd, name))}`,
        text,
      })),
    ],
    ...(plan && {plan}),
    notes,
  };
}
