import type {HostName, Plan} from '../../plan/plan.js';
import {closeWay, openWay, sealWay} from '../steps/access.js';
import {cleanAt} from '../steps/commit.js';
import {dropPart, makeOwn, partOf} from './keep-scripts.js';
import type {Making, Part} from '../steps/making.js';
import {scratchAt} from '../steps/parts.js';

/** A kept checkpoint on its way to the host that needs it, whole, and for as long as it is needed. */
export interface Fetching {
  readonly plan: Plan;
  readonly making: Making;
  readonly from: HostName;
  readonly to: HostName;
  /** Where it is kept, and where it is to lie meanwhile: there with `.part` behind it. */
  readonly source: string;
  readonly target: string;
  readonly id: string;
}

/** On both hosts, in memory. */
const scratchOfFetch = (id: string): string => `/run/cm/${id}/f`;

/** It lies where what is not whole lies, so that nobody takes it for another checkpoint, and the next run removes it. */
export function fetchParts(fetching: Fetching): readonly Part[] {
  const {plan, making, from, to, source, target, id} = fetching;
  const {container, run} = making;
  const scratch = scratchOfFetch(id);
  const receivers = {kept: {kind: 'folder', path: partOf(target)}} as const;
  return [
    keeperLease(fetching, 'lease'),
    {
      name: 'fetch-room',
      title: `make room in ${partOf(target)}`,
      host: to,
      because: 'memory holds secrets, so it is for root alone',
      act: {kind: 'run', host: to, command: makeOwn(target)},
      undo: {kind: 'run', host: to, command: dropPart(target)},
    },
    ...[from, to].map((host): Part => ({
      ...scratchAt(host, {scratch, container, run}),
      name: `fetch-scratch-${host}`,
    })),
    openWay({plan, container, from, to, scratch, receivers}, 'it is kept there', 'fetch-link'),
    {
      name: 'fetch',
      title: `bring ${source} to ${to}`,
      host: from,
      because: 'what is slow comes while it still serves',
      act: {kind: 'sync', link: container.name, folder: source, receiver: 'kept', bytes: 0},
    },
    {...sealWay({container, from, to}), name: 'fetch-seal'},
  ];
}

const keeperLease = ({making: {container}, from}: Fetching, kind: 'lease' | 'release'): Part => ({
  name: `${kind}-keeper`,
  title: `${kind} ${container.name} on ${from}`,
  host: from,
  because: 'nobody may remove it meanwhile',
  act: {kind, host: from, name: container.name},
  ...(kind === 'release' && {always: true as const}),
});

/** Whatever happened. */
export const fetchedParts = (fetching: Fetching): readonly Part[] => {
  const {making, from, to, target, id} = fetching;
  return [
    closeWay({container: making.container, from, to}),
    ...[from, to].map((host): Part => ({
      ...cleanAt(host, scratchOfFetch(id)),
      name: `fetch-clean-${host}`,
    })),
    {
      name: 'fetch-drop',
      title: `remove ${partOf(target)}`,
      host: to,
      because: 'it is kept where it was',
      act: {kind: 'run', host: to, command: dropPart(target)},
      always: true,
    },
    keeperLease(fetching, 'release'),
  ];
};
