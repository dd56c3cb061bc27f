import type {Engine, Twin} from '../../engines/engine.js';
import type {Mount, ObservedContainer} from '../../engines/facts.js';
import type {Container, HostName} from '../../plan/plan.js';
import {fileMounts} from '../claims/folders.js';
import {ownMounts} from './restore-as-refusals.js';

/**
 * The ID of the copy until its engine gives it one. What is done by ID must never meet the original, and scripts take
 * only hexadecimal digits for an ID.
 */
const idOf = (run: string): string => `${run.split('-').toReversed().join('')}c0`;

/** One of a container's own, under the name of the copy. */
const volumesOf = (
  container: ObservedContainer,
  name: string,
  own: readonly Mount[],
): ObservedContainer => ({
  ...container,
  name,
  mounts: container.mounts.map((mount): Mount =>
    own.includes(mount) ? {...mount, name: `${name}-${mount.name}`} : mount,
  ),
});

/** The copy, as it would be: what was the original's alone is its own. */
export function copyOf(
  run: string,
  original: Container,
  described: ObservedContainer,
  name: string,
  engine: Engine | undefined,
): ObservedContainer {
  const own = ownMounts(original, described, engine?.twin !== undefined);
  const twin = engine?.twin?.(described, name, own) ?? volumesOf(described, name, own);
  const addresses = described.addresses.map(({network, ip, fixed}) =>
    fixed && ip !== undefined ? {network, ip, fixed} : {network, fixed: false},
  );
  return {...twin, id: idOf(run), addresses};
}

/** What the copy has in place of what the first one has. */
export function ownOf(described: ObservedContainer, copy: ObservedContainer): readonly Mount[] {
  const was = fileMounts(described);
  return fileMounts(copy).filter(
    ({name, source}, index) => was[index]?.name !== name || was[index].source !== source,
  );
}

/**
 * The copy is in no plan. It has its own of volumes that it writes, all of which are synced, and the
 * others are there. Whether it answers is asked in it: by an address one might ask the original.
 */
export function copyWanted(original: Container, copy: ObservedContainer, on: HostName): Container {
  const readOnly = fileMounts(copy).filter((mount) => mount.readOnly);
  return {
    ...{name: copy.name, on, strategy: ['stateful'], budget: {}, connections: 'close'},
    ...{dependsOn: [], hooks: {}, at: original.at},
    volumes: Object.fromEntries(readOnly.map(({destination}) => [destination, 'shared'])),
    ...asksOf(original),
  };
}

/** A URL may lead to the original, so it proves nothing. */
function asksOf({verify}: Container): Pick<Container, 'verify'> {
  if (verify?.tcp === undefined && verify?.exec === undefined) return {};
  const {tcp, exec, withinMs} = verify;
  return {verify: {withinMs, ...(tcp !== undefined && {tcp}), ...(exec && {exec})}};
}

/** Which volumes it has in place of which. Keys are those of the checkpoint, which are those of `foldersOf`. */
export function twinsOf(described: ObservedContainer, copy: ObservedContainer): readonly Twin[] {
  const is = fileMounts(copy);
  return fileMounts(described).flatMap((mount, index, all): readonly Twin[] => {
    const name = is[index]?.name ?? mount.name;
    const isFirst = all.findIndex((each) => each.name === mount.name) === index;
    if (name === mount.name || !isFirst) return [];
    return [{was: mount.name, is: name, source: mount.source, key: `v${index}`}];
  });
}
