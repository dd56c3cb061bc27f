import type {Pair, Refusal} from '../engine.js';

interface Bound {
  readonly port: number;
  readonly protocol: string;
  readonly ip?: string;
}

const anywhere = (ip: string | undefined): boolean =>
  ip === undefined || ip === '' || ip === '0.0.0.0' || ip === '::' || ip === '*';

/** Two programs may have the same port at different addresses of a host. */
const collide = (one: Bound, other: Bound): boolean =>
  one.port === other.port &&
  one.protocol === other.protocol &&
  (anywhere(one.ip) || anywhere(other.ip) || one.ip === other.ip);

/** Ports that are taken on the target, and addresses to publish at that it does not have. */
export function portRefusals({container, target}: Pair): readonly Refusal[] {
  return container.ports.flatMap(({hostIp, hostPort, protocol}): readonly Refusal[] => {
    if (hostPort === 0) return [];
    const wanted = {port: hostPort, protocol, ip: hostIp};
    if (!anywhere(hostIp) && target.addresses !== undefined && !reaches(target.addresses, hostIp))
      return [
        {
          code: 'port-address-missing',
          message: `it publishes port "${hostPort}/${protocol}" at the address "${hostIp}", which the target does not have`,
          remedy: 'give the target that address, or publish it at another one',
        },
      ];
    const user = target.neighbours.find(
      ({id, running, ports}) =>
        running && id !== container.id && ports.some((each) => collide(wanted, each)),
    );
    if (user === undefined && !target.listening.some((each) => collide(wanted, each))) return [];
    const by = user === undefined ? 'a program' : `"${user.name}"`;
    return [
      {
        code: 'port-taken',
        message: `the port "${hostPort}/${protocol}" is taken on the target by ${by}`,
        remedy: 'free it there, or publish another one',
      },
    ];
  });
}

/** All of 127.0.0.0/8 is the host's own, whatever it lists. */
const reaches = (addresses: readonly string[], ip: string): boolean =>
  ip.startsWith('127.') || ip === '::1' || addresses.includes(ip.toLowerCase());
