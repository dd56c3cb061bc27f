import type {Problem} from '../../base/problem.js';
import type {LeaseRow} from '../../report/text/status-text.js';
import type {HostView, Observed} from '../../state/host/observed.js';

export const viewsOf = (observed: Observed | undefined): readonly HostView[] =>
  [...(observed?.hosts.values() ?? [])].flatMap((view) => ('look' in view ? [view] : []));

export const leasesIn = (observed: Observed | undefined): readonly LeaseRow[] =>
  viewsOf(observed).flatMap(({host, leases}) => leases.map((lease) => ({...lease, host})));

/** Why hosts could not be looked at. */
export const darkIn = (observed: Observed | undefined): readonly Problem[] =>
  [...(observed?.hosts.values() ?? [])].flatMap((view) => ('look' in view ? [] : [view]));
