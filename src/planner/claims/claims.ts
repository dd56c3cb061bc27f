import {isWithin} from '../../base/within.js';
import type {HostUsage, Mount, ObservedContainer, Tenant} from '../../engines/facts.js';
import type {Container, HostName, VolumePolicy} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {isHostFolder} from './host-folders.js';
import {filesOf} from './landings.js';

/** Whose a claim is: a container that a plan moves, or one that lives on the host. */
export interface Owner {
  readonly container: string;
  /** Where the plan says it, as `file:line:column`. Absent: no plan of this run moves it. */
  readonly at?: string;
  /** Of one that lives on the host. */
  readonly engine?: string;
  readonly running?: boolean;
}

/**
 * What a container has or a move would make on one host. `write`: a move replaces it with what it brings, and deletes the rest.
 * `use`: a container may change it. `read`: a container reads it.
 */
export interface Claim {
  readonly host: HostName;
  readonly kind: 'path' | 'volume' | 'port' | 'name';
  readonly value: string;
  readonly how: 'write' | 'use' | 'read';
  readonly owner: Owner;
}

const isOwnedBy = (one: Owner, other: Owner): boolean =>
  one.container === other.container && one.at === other.at;

const wildcard = new Set(['', '*', '0.0.0.0', '[::]', '::']);

/** `tcp:8080:10.0.0.1` */
function portsMeet(one: string, other: string): boolean {
  const [protocol, port, ...ip] = one.split(':');
  const [protocol2, port2, ...ip2] = other.split(':');
  if (protocol !== protocol2 || port !== port2) return false;
  const [address, address2] = [ip.join(':'), ip2.join(':')];
  return address === address2 || wildcard.has(address) || wildcard.has(address2);
}

/** Files below a folder that is written are deleted with it; who only reads a folder around it loses nothing. */
function pathsMeet(one: Claim, other: Claim): boolean {
  const [writer, second] = one.how === 'write' ? [one, other] : [other, one];
  if (writer.how !== 'write') return false;
  if (isWithin(second.value, writer.value)) return true;
  return isWithin(writer.value, second.value) && second.how !== 'read';
}

/** Whether both cannot be had at once on this host. */
export function meet(one: Claim, other: Claim): boolean {
  if (one.host !== other.host || one.kind !== other.kind || isOwnedBy(one.owner, other.owner))
    return false;
  switch (one.kind) {
    case 'path':
      return pathsMeet(one, other);
    case 'volume':
      return one.value === other.value && (one.how === 'write' || other.how === 'write');
    case 'port':
      return portsMeet(one.value, other.value);
    case 'name':
      return one.value === other.value;
  }
}

/** A folder of the host's own that is mounted into a container, as monitoring does, is nobody's claim. */
export const tenantClaims = (host: HostName, usage: HostUsage) =>
  usage.tenants.flatMap((tenant) =>
    tenant.mounts.flatMap((mount): readonly Claim[] => {
      if (mount.volume === undefined && isHostFolder(mount.path, usage)) return [];
      const {path, readOnly} = mount;
      const owner = ownerOf(tenant);
      return [{host, kind: 'path', value: path, how: readOnly ? 'read' : 'use', owner}];
    }),
  );

const ownerOf = ({name, engine, running}: Tenant): Owner => ({container: name, engine, running});

/** Where a mount's content is, or would be, on this host; unknown of a volume that has yet to be made. */
export function pathOn(view: HostView, mount: Mount): string | undefined {
  const known = filesOf(view, mount)?.path;
  return known ?? (mount.kind === 'volume' ? undefined : mount.source);
}

const hows = {sync: 'write', overwrite: 'write', shared: 'use'} as const;

/** What a move of this container makes of one of its mounts on the host that it goes to. */
export function mountClaims(
  owner: Owner,
  view: HostView,
  mount: Mount,
  policy: VolumePolicy,
): readonly Claim[] {
  if (policy === 'skip') return [];
  const {host, engine} = view;
  const how = hows[policy];
  const path = pathOn(view, mount);
  return [
    ...(path === undefined ? [] : [{host, kind: 'path', value: path, how, owner} as const]),
    ...(mount.kind === 'volume'
      ? [{host, kind: 'volume', value: `${engine}:${mount.name}`, how, owner} as const]
      : []),
  ];
}

/** Its name and the ports that it publishes. */
export function identityClaims(
  owner: Owner,
  {host, engine}: HostView,
  {name, ports}: Pick<ObservedContainer, 'name' | 'ports'>,
): readonly Claim[] {
  return [
    {host, kind: 'name', value: `${engine}:${name}`, how: 'write', owner},
    ...ports.map(({protocol, hostPort, hostIp}): Claim => ({
      host,
      kind: 'port',
      value: `${protocol}:${hostPort}:${hostIp}`,
      how: 'write',
      owner,
    })),
  ];
}

export const ownerInPlan = ({name, at}: Container): Owner => ({container: name, at});

/** `container "web" (plan.yaml:9:3)`, `container "web" (docker, stopped)` */
export function describeOwner({container, at, engine, running}: Owner): string {
  const where = at ?? `${engine ?? ''}, ${running === true ? 'running' : 'stopped'}`;
  return `container "${container}" (${where})`;
}
