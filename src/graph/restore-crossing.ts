import type {HostName, Plan} from '../plan/plan.js';
import {cleanAt} from './commit.js';
import type {Keeping} from './keep.js';
import type {Making, Part} from './making.js';
import {onBoth} from './parts.js';
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
    ...hosts.map((host): Part => ({
      name: `lease-${host}`,
      title: `lease ${container.name} on ${host}`,
      host,
      because: 'two runners must never move the same container',
      act: {kind: 'lease', host, name: container.name},
    })),
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
  const {from, to, container, moves, observed} = making;
  if (from === to) return [];
  return [
    {
      name: 'link',
      title: `open a way from ${from} to ${to}`,
      host: from,
      because: 'it is kept there',
      act: {
        kind: 'open-link',
        link: container.name,
        from,
        to,
        folder: making.scratch,
        receivers: making.receivers,
        transfer: plan.transfer,
        ...(plan.limits.bandwidth !== undefined && {bandwidth: plan.limits.bandwidth}),
      },
    },
    ...(moves.image
      ? [
          {
            name: 'image',
            title: `send image ${observed.image.name} to ${to}`,
            host: from,
            because: 'a checkpoint restores from no other image',
            act: {
              kind: 'send' as const,
              link: container.name,
              producer: moves.image.send,
              receiver: 'image',
              bytes: moves.image.bytes,
            },
          },
        ]
      : []),
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
    ...(from === to
      ? []
      : [
          {
            name: 'close-link',
            title: `close the way from ${from} to ${to}`,
            host: from,
            because: 'its one-time key must be good for nothing else',
            act: {kind: 'close-link' as const, link: container.name},
            always: true as const,
          },
        ]),
    ...folders,
    ...hostsOf(crossing).map((host): Part => ({
      name: `release-${host}`,
      title: `give back the lease on ${host}`,
      host,
      because: 'the next run need not wait for its expiry',
      act: {kind: 'release', host, name: container.name},
      always: true,
    })),
  ];
}
