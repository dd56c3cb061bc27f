import {kindOf, rootsOf} from '../../../base/problem-groups.js';
import type {Decision} from '../../../planner/change.js';
import {recordIn} from '../../../planner/situation/lineage.js';
import {isParked} from '../../../planner/situation/wanted.js';
import type {Status, StatusRow} from '../../../report/text/status-text.js';
import type {Observed} from '../../../state/host/observed.js';
import type {Looked} from '../../session/look-at-all.js';
import {leasesIn, viewsOf} from '../../session/seen.js';

function noteOf(decision: Decision): string | undefined {
  if (decision.action === 'none' || decision.action === 'move') return undefined;
  if (decision.action !== 'refused') return decision.because;
  const [first] = decision.problems.flatMap(rootsOf);
  return first && `${first.message} (${first.code})`;
}

function rowOf(decision: Decision, observed: Observed | undefined): StatusRow {
  const {name, on} = decision.container;
  const note = noteOf(decision);
  const found = viewsOf(observed).flatMap((view) =>
    view.look.containers.flatMap((each) =>
      each.name === name
        ? [{host: view.host, state: isParked(each, recordIn(view, name)) ? 'parked' : each.state}]
        : [],
    ),
  );
  return {
    container: name,
    belongs: on,
    action: decision.action,
    found,
    ...(note !== undefined && {note}),
    ...(decision.action === 'refused' && {
      alike: JSON.stringify(decision.problems.flatMap(rootsOf).map(kindOf)),
    }),
  };
}

/** What was seen of one plan's containers, and who is at them. */
export const statusOf = ({planned, observed}: Looked): Status => ({
  plan: planned.plan.name,
  file: planned.plan.file,
  rows: planned.decisions.map((decision) => rowOf(decision, observed)),
  leases: leasesIn(observed),
});
