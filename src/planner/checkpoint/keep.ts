import type {Command} from '../../base/command.js';
import {cleanUp, sweep} from '../steps/commit.js';
import {
  freezeParts,
  packParts,
  roomParts,
  sealParts,
  serveParts,
  stayParts,
  type Keeping,
} from './keep-parts.js';
import {memoryOf, type Making, type Part} from '../steps/making.js';
import {claim, scratchAt} from '../steps/parts.js';

/**
 * The same for a restore as for the checkpoint: podman's archive has links into it. In memory; short,
 * since the path of a socket in it may have 104 bytes at most.
 */
export const scratchOfKept = (id: string): string => `/run/cm/${id}/k`;

/** Takes one lease where the lane has one host. */
export const claimHere = (making: Making, fingerprint: string): readonly Part[] =>
  claim(making, fingerprint).filter(({name}) => name !== 'lease-target');

export const cleanHere = (making: Making): readonly Part[] =>
  cleanUp(making, false).filter(({name}) => name !== 'release-target');

/** `running`: it goes on afterwards; otherwise it stays stopped, its record says so, and the memory is on the disk. */
export function createParts(
  keeping: Keeping,
  fingerprint: string,
  after: 'running' | Command,
): readonly Part[] {
  const {making} = keeping;
  const {unload} = memoryOf(making);
  const goes = after === 'running';
  const rest = goes
    ? [...serveParts(keeping), ...packParts(keeping), ...sealParts(keeping, true)]
    : [
        ...packParts(keeping),
        ...sealParts(keeping, false),
        ...freeParts(making),
        {
          name: 'parked',
          title: `record that it is parked`,
          host: making.from,
          because: 'from here on its memory is on the disk, and only there',
          act: {kind: 'run' as const, host: making.from, command: after},
          commits: true as const,
        },
        ...(unload ? [unloadPart(making, unload)] : []),
      ];
  return [
    ...claimHere(making, fingerprint),
    ...sweep(making),
    scratchAt(making.from, making),
    ...roomParts(keeping),
    ...stayParts(making),
    ...freezeParts(keeping),
    ...rest,
    ...cleanHere(making),
  ];
}

/** Its record says already what it comes back from; what is only held would come back by itself. */
const unloadPart = ({from: host}: Making, unload: Command): Part => ({
  name: 'unload',
  title: `unload it from memory on ${host}`,
  host,
  because: 'its memory is on the disk',
  act: {kind: 'run', host, command: unload},
  tolerant: true,
});

/** One that is parked stays so across restarts of its host, which no quarantine does: nobody shall rely on it. */
function freeParts({from: host, moves: {hold}}: Making): readonly Part[] {
  if (!hold) return [];
  return [
    {
      name: 'free',
      title: 'allow starts again',
      host,
      because: 'a quarantine is of a move, and ends with it',
      act: {kind: 'run', host, command: hold.off},
    },
  ];
}
