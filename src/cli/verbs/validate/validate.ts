import {plural} from '../../../report/text/columns.js';
import {planRecord} from '../../../report/json/json-records.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';
import {loadPlans} from '../../session/load-plans.js';

export interface ValidateOptions {
  readonly files: readonly string[];
}

/** `cm validate`: everything that can be known of plans without looking at a host. */
export async function validate(context: Context, {files}: ValidateOptions): Promise<number> {
  const {printer} = context;
  const loaded = await loadPlans(context, files);
  if (!loaded.ok) {
    printer.total({problems: loaded.error.length});
    const exit = context.fail(loaded.error);
    printer.note(plural(loaded.error.length, 'problem'));
    return exit;
  }
  const {plans, warnings} = loaded.value;
  printer.problems(warnings, 'warning');
  for (const plan of plans) {
    const {name, file, containers, hosts} = plan;
    const size = `${plural(containers.size, 'container')} on ${plural(hosts.size, 'host')}`;
    printer.record(planRecord(plan));
    printer.result(`${file}: plan "${name}" is valid: ${size}`);
  }
  printer.total({plans: plans.length, problems: 0, warnings: warnings.length});
  return exits.done;
}
