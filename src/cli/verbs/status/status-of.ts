import {kindOf, rootsOf} from '../../../base/problem-groups.js';
import type {Standing} from '../../../planner/change.js';
import {recordIn} from '../../../planner/situation/lineage.js';
import {isParked} from '../../../planner/situation/wanted.js';
import type {Status, StatusRow} from '../../../report/text/status-text.js';
import type {Observed} from '../../../state/host/observed.js';
import type {Looked} from '../../session/look-at-all.js';
import {leasesIn, viewsOf} from '../../session/seen.js';

function noteOf(standing: Standing): string | undefined {
  if (standing.kind === 'recover' || standing.kind === 'turn') return standing.because;
  if (standing.kind !== 'problem') return undefined;
  const [first] = standing.problems.flatMap(rootsOf);
  return first && `${first.message} (${first.code})`;
}

function rowOf(standing: Standing, observed: Observed | undefined): StatusRow {
  const {name, on} = standing.container;
  const note = noteOf(standing);
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
    // What is asked for by name is no state of the world.
    kind: standing.kind === 'checkpoint' ? 'settled' : standing.kind,
    found,
    ...(standing.kind === 'turn' && {what: standing.what}),
    ...(note !== undefined && {note}),
    ...(standing.kind === 'problem' && {
      alike: JSON.stringify(standing.problems.flatMap(rootsOf).map(kindOf)),
    }),
  };
}

/** What was seen of one plan's containers, and who is at them. */
export const statusOf = ({planned, observed}: Looked): Status => ({
  plan: planned.plan.name,
  file: planned.plan.file,
  rows: planned.standings.map((standing) => rowOf(standing, observed)),
  leases: leasesIn(observed),
});
