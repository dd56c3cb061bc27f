import type {Problem} from '../base/problem.js';
import {type Result, err, ok} from '../base/result.js';
import type {Host, HostName} from '../plan/plan.js';
import type {Link, Receivers} from './link/link.js';
import {withHead} from './remote-line.js';
import type {HostsEnv} from './ssh/config.js';
import type {Transport} from './transport.js';

/** The hosts of a plan, each with one transport that everybody shares. */
export interface Transports {
  /** The first call for a host makes its transport; nothing is connected before the first command. */
  get(name: HostName): Promise<Result<Transport, Problem>>;
  close(): Promise<void>;
}

/** ssh2 and execa are loaded with the first host, so that a command that reaches none starts fast. */
async function openTransport(host: Host, env: HostsEnv): Promise<Transport> {
  if (host.address === 'local') {
    const {localTransport} = await import('./local.js');
    return localTransport(host.name, env.variables, withHead);
  }
  const {sshTransport} = await import('./ssh/ssh.js');
  return sshTransport(host, env);
}

export function openTransports(hosts: Iterable<Host>, env: HostsEnv): Transports {
  const byName = new Map([...hosts].map((host) => [host.name, host]));
  const opened = new Map<HostName, Promise<Transport>>();
  return {
    get: async (name) => {
      const host = byName.get(name);
      if (host === undefined)
        return err({
          kind: 'unreachable',
          code: 'name-unknown',
          message: `there is no host "${name}" in the plan`,
          host: name,
        });
      const transport = opened.get(name) ?? openTransport(host, env);
      opened.set(name, transport);
      return ok(await transport);
    },
    close: async () => {
      await Promise.all([...opened.values()].map(async (transport) => (await transport).close()));
    },
  };
}

export interface LinkOptions {
  readonly from: Transport;
  readonly to: Transport;
  /** Made on both hosts, in memory: `/run/cm/<run>/<lane>`, at most 80 plain characters. */
  readonly folder: string;
  readonly receivers: Receivers;
  /** What the plan says. The runner's own machine, which has no address for others, is always relayed. */
  readonly transfer: 'direct' | 'relay';
  /** When a runner that died leaves nothing usable behind any more. */
  readonly expiresInMs: number;
  /** Bits per second, for each stream. */
  readonly bandwidth?: number;
  /** Where the target's sshd looks for keys; absent: `~/.ssh/authorized_keys` there. */
  readonly authorizedKeys?: string;
}

/** Opens the way for bytes from one host to another; all of it before anything is frozen. */
export async function openLink({
  transfer,
  ...options
}: LinkOptions): Promise<Result<Link, Problem>> {
  const [fromEndpoint, toEndpoint] = await Promise.all([
    options.from.endpoint(),
    options.to.endpoint(),
  ]);
  if (!fromEndpoint.ok) return fromEndpoint;
  if (!toEndpoint.ok) return toEndpoint;
  if (transfer === 'relay' || fromEndpoint.value === undefined || toEndpoint.value === undefined) {
    const {openRelayLink} = await import('./link/relay-link.js');
    return openRelayLink(options);
  }
  const {openDirectLink} = await import('./link/direct-link.js');
  return openDirectLink({...options, toEndpoint: toEndpoint.value});
}
