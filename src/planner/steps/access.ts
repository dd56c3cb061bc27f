import type {Container, HostName} from '../../plan/plan.js';
import type {Making, Part} from './making.js';

/** What a run takes before it may do anything, and gives back whatever happened: leases, and ways from host to host. */

export const leaseOn = ({name: container}: Container, host: HostName, name: string): Part => ({
  name,
  title: `lease ${container} on ${host}`,
  host,
  because: 'two runners must never move the same container',
  act: {kind: 'lease', host, name: container},
});

export const releaseOn = ({name: container}: Container, host: HostName, name: string): Part => ({
  name,
  title: `release the lease on ${host}`,
  host,
  because: 'the next run need not wait for its expiry',
  act: {kind: 'release', host, name: container},
  always: true,
});

/** Between which hosts, by which folder on both, and what it takes. */
export type Way = Pick<Making, 'plan' | 'container' | 'from' | 'to' | 'scratch' | 'receivers'>;

export function openWay(way: Way, because: string, name = 'link'): Part {
  const {plan, container, from, to, scratch, receivers} = way;
  const {bandwidth} = plan.limits;
  return {
    name,
    title: `connect ${from} to ${to}`,
    host: from,
    because,
    act: {
      ...{kind: 'open-link', link: container.name, from, to, folder: scratch, receivers},
      transfer: plan.transfer,
      ...(bandwidth !== undefined && {bandwidth}),
    },
  };
}

/** Comes before whatever starts the copy. */
export const sealWay = ({container, from, to}: Pick<Way, 'container' | 'from' | 'to'>): Part => ({
  name: 'seal-link',
  title: `close the streams from ${from} to ${to}`,
  host: to,
  because: `${from} must not be able to write into the files of the copy once it runs`,
  act: {kind: 'seal-link', link: container.name},
});

export const closeWay = ({container, from, to}: Pick<Way, 'container' | 'from' | 'to'>): Part => ({
  name: 'close-link',
  title: `disconnect ${from} from ${to}`,
  host: from,
  because: 'its one-time key must be good for nothing else',
  act: {kind: 'close-link', link: container.name},
  always: true,
});
