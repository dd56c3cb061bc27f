import type {Problem} from '../../base/problem.js';
import type {ObservedContainer} from '../../engines/facts.js';
import type {Container} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import type {Planned} from '../change.js';
import {
  describeOwner,
  identityClaims,
  meet,
  mountClaims,
  ownerInPlan,
  type Claim,
} from './claims.js';
import {sharersOf} from './folder-refusals.js';
import {fileMounts, isCopied, policyOf} from './folders.js';
import {isUpState} from '../situation/wanted.js';

/** All that the move of one container makes its own on the host that it goes to. */
export function claimsOfMove(
  container: Container,
  observed: ObservedContainer,
  target: HostView,
): readonly Claim[] {
  const owner = ownerInPlan(container);
  const serves = container.state === 'running' || isUpState(observed.state);
  const ports = serves ? observed.ports : [];
  return [
    ...identityClaims(owner, target, {name: observed.name, ports}),
    ...fileMounts(observed).flatMap((mount) =>
      mountClaims(owner, target, mount, policyOf(container, mount)),
    ),
  ];
}

const what: Readonly<Record<Claim['kind'], (value: string) => string>> = {
  path: (value) => `the folder "${value}"`,
  volume: (value) => `the volume "${value.replace(/^[^:]*:/, '')}"`,
  port: (value) => `port ${value.split(':').slice(0, 2).toReversed().join('/')}`,
  name: (value) => `the name "${value.replace(/^[^:]*:/, '')}"`,
};

const wayOut: Readonly<Record<Claim['kind'], string>> = {
  path: 'give one of them another folder, or send one to another host; when both hosts mount the same files, say `shared` of both',
  volume:
    'give one of them a volume of another name, or send one to another host; when both hosts mount the same files, say `shared` of both',
  port: 'publish another port for one of them, or send one to another host',
  name: 'rename one of them, or send one to another host',
};

const conflict = (mine: Claim, other: Claim): Problem => ({
  kind: 'preflight',
  code: 'claims-meet',
  container: mine.owner.container,
  host: mine.host,
  message: `${what[mine.kind](mine.value)} on ${mine.host} is claimed by ${describeOwner(mine.owner)}, and ${mine.value === other.value ? 'also' : what[other.kind](other.value)} by ${describeOwner(other.owner)}`,
  remedy: wayOut[mine.kind],
});

/**
 * What moves of one run, of one plan or of several, would take from each other: the later one would delete what the earlier one's
 * container already uses.
 */
export function conflictsOf(claims: readonly Claim[]): readonly Problem[] {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = `${claim.kind} ${claim.host}`;
    groups.set(key, [...(groups.get(key) ?? []), claim]);
  }
  return [...groups.values()].flatMap((group) =>
    group.flatMap((mine) => {
      const other = group.find((each) => meet(mine, each));
      return other ? [conflict(mine, other)] : [];
    }),
  );
}

/** The same for plans that are shown or applied together; a host is told by its address, since each plan names it. */
export const conflictsAmong = (all: readonly Planned[]): readonly Problem[] =>
  conflictsOf(
    all.flatMap(({plan, claims = []}) =>
      claims.map((claim) => ({...claim, host: plan.hosts.get(claim.host)?.address ?? claim.host})),
    ),
  );

/** What is worth a word though it stands in nobody's way. */
export function claimWarnings(
  container: Container,
  observed: ObservedContainer,
  source: HostView,
  target: HostView,
): readonly Problem[] {
  return [
    ...stoppedSharers(container, observed, source),
    ...otherImages(container, observed, target),
  ];
}

/** They do not change it now. */
const stoppedSharers = (
  container: Container,
  observed: ObservedContainer,
  source: HostView,
): readonly Problem[] =>
  fileMounts(observed).flatMap((mount): readonly Problem[] => {
    if (!isCopied(policyOf(container, mount))) return [];
    const owners = sharersOf(mount, source, observed.name).filter(({running}) => !running);
    if (owners.length === 0) return [];
    const names = [...new Set(owners.map(describeOwner))].join(', ');
    return [
      {
        kind: 'preflight',
        code: 'left-to-others',
        container: container.name,
        host: source.host,
        message: `${mount.kind} "${mount.name}" on ${source.host} is also used by ${names}, which would go on with the old copy if started again`,
        remedy: `remove ${owners.length > 1 ? 'them' : 'it'} on ${source.host} when no longer needed, or move ${owners.length > 1 ? 'them' : 'it'} too`,
      },
    ];
  });

const hash = (id: string): string => id.replace(/^sha256:/, '');

/** Whatever is made there by that name later would get the other image. */
function otherImages(
  {name: container}: Container,
  {image}: ObservedContainer,
  {host, survey}: HostView,
): readonly Problem[] {
  const named = [image.name, `${image.name}:latest`];
  const other = survey?.images.find(({names}) => names.some((name) => named.includes(name)));
  if (!other || hash(other.id) === hash(image.id)) return [];
  return [
    {
      kind: 'preflight',
      code: 'tag-differs',
      container,
      host,
      message: `"${image.name}" on ${host} is another image (${hash(other.id).slice(0, 12)}) than that of "${container}" (${hash(image.id).slice(0, 12)}); the name stays with the one that ${host} has`,
      remedy: `whatever makes a container of that name on ${host} later, as "compose up" does, gets the other image: tag the right one there first`,
    },
  ];
}
