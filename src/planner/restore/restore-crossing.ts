import type {HostName, Plan} from '../../plan/plan.js';
import {closeWay, leaseOn, openWay, releaseOn} from '../steps/access.js';
import {cleanAt} from '../steps/commit.js';
import type {Keeping} from '../checkpoint/keep-parts.js';
import type {Making, Part} from '../steps/making.js';
import {imagePart, onBoth} from '../steps/parts.js';
import type {Restoring} from './restore.js';

/** What is restored comes from another host, or goes to another than where it is now. */
export interface Crossing {
  /** `making` leads from the host that keeps it to the one where it is to run. */
  readonly restoring: Restoring;
  readonly plan: Plan;
  /** What there is of it now, on a third host or on the one that keeps it. `making` leads to where it is to run. */
  readonly now?: {readonly making: Making; readonly safety?: Keeping};
}

const hostsOf = ({restoring: {making}, now}: Crossing): readonly HostName[] => [
  ...new Set([...(now ? [now.making.from] : []), making.from, making.to]),
];

export function claimAll(crossing: Crossing, fingerprint: string): readonly Part[] {
  const {container, to} = crossing.restoring.making;
  const hosts = hostsOf(crossing);
  return [
    ...hosts.map((host) => leaseOn(container, host, `lease-${host}`)),
    {
      name: 'confirm',
      title: 'look again',
      host: to,
      because: 'the world may have moved since the plan was made',
      act: {kind: 'confirm', container: container.name, hosts, fingerprint},
    },
  ];
}

/** Only what the target does not have crosses it. */
export function linkParts({restoring: {making}, plan}: Crossing): readonly Part[] {
  if (making.from === making.to) return [];
  return [
    openWay({...making, plan}, 'it is kept there'),
    ...imagePart(making, 'a checkpoint restores from no other image'),
  ];
}

export function endParts(crossing: Crossing): readonly Part[] {
  const {restoring, now} = crossing;
  const {making} = restoring;
  const {from, to, container} = making;
  const folders = [
    ...onBoth(making, (host) => cleanAt(host, making.scratch)),
    ...(now?.safety
      ? [{...cleanAt(now.making.from, now.safety.making.scratch), name: 'clean-safety'}]
      : []),
  ];
  return [
    ...(from === to ? [] : [closeWay(making)]),
    ...folders,
    ...hostsOf(crossing).map((host) => releaseOn(container, host, `release-${host}`)),
  ];
}
