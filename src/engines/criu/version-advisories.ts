import {memoryStrategies, type Strategy} from '../../base/strategy.js';
import {isOlder} from '../host/versions.js';

/** Programs that have versions, and the kernel. */
export type Versioned = 'podman' | 'runc' | 'crun' | 'criu' | 'kernel';

/** From `from` on, and older than `before`. */
export interface VersionRange {
  readonly from?: string;
  readonly before?: string;
}

/** What is known about versions, as data: a new fact is a new entry here. */
export interface Advisory {
  readonly id: string;
  /** All of these must be so. */
  readonly applies: Readonly<Partial<Record<Versioned, VersionRange>>>;
  /** In the style of a problem. */
  readonly happens: string;
  /** Strategies that it makes impossible; none where it depends on the container. */
  readonly stops: readonly Strategy[];
  readonly wayOut: string;
  readonly see: string;
  /** The driver refuses because of it already. */
  readonly refused?: true;
}

const issue = (repository: string, number: number): string =>
  `https://github.com/${repository}/issues/${number}`;

const podmanNotes = 'https://github.com/containers/podman/blob/main/RELEASE_NOTES.md';

/**
 * Of those about the same program, the most pressing first. Seen running: the ones about CRIU on new
 * kernels (CRIU 3.17.1, 4.1.1 and 4.2.1 on Linux 6.12 and 6.18); the others are what their source says.
 * Those of docker are in docker/advisories.ts.
 */
export const advisories: readonly Advisory[] = [
  {
    id: 'criu-socket-options',
    applies: {kernel: {from: '6.16'}, criu: {before: '4.2'}},
    happens: 'these kernels refuse the socket option that older ones read: "Can\'t get 1:16 opt"',
    stops: memoryStrategies,
    wayOut: 'install CRIU 4.2 or later',
    see: issue('checkpoint-restore/criu', 2705),
    refused: true,
  },
  {
    id: 'criu-vvar',
    applies: {kernel: {from: '6.13'}, criu: {before: '4.1'}},
    happens: 'these kernels split the vvar area: "Unexpected rt vDSO area bounds"',
    stops: memoryStrategies,
    wayOut: 'install CRIU 4.1 or later',
    see: issue('checkpoint-restore/criu', 2532),
    refused: true,
  },
  {
    id: 'criu-rseq',
    applies: {criu: {before: '3.17'}},
    happens: 'older ones do not know restartable sequences, and programs crash after the restore',
    stops: memoryStrategies,
    wayOut: 'install CRIU 3.17 or later',
    see: issue('checkpoint-restore/criu', 1696),
    refused: true,
  },
  {
    id: 'kernel-rseq',
    applies: {kernel: {before: '5.13'}},
    happens:
      'older kernels do not tell a tracer of restartable sequences, so programs with glibc 2.35 or later may crash after the restore',
    stops: [],
    wayOut: 'boot Linux 5.13 or later, or use "cold" for such programs',
    see: issue('checkpoint-restore/criu', 1696),
  },
  {
    id: 'podman-file-locks',
    applies: {podman: {before: '4.0.0'}},
    happens: 'older ones cannot checkpoint file locks or tell how long it took',
    stops: memoryStrategies,
    wayOut: 'update podman to 4.0.0 or later',
    see: podmanNotes,
    refused: true,
  },
  {
    id: 'podman-restart-policy',
    applies: {podman: {before: '5.1.0'}},
    happens: 'older ones cannot switch off the restart policy of a container that exists',
    stops: [],
    wayOut: 'update podman to 5.1.0 or later, or run containers without a restart policy',
    see: podmanNotes,
  },
  {
    id: 'runc-rounds',
    applies: {runc: {before: '1.0.0'}},
    happens: 'older ones cannot copy memory ahead',
    stops: ['pre-copy'],
    wayOut: 'update runc to 1.0.0 or later',
    see: 'https://github.com/opencontainers/runc/releases',
    refused: true,
  },
  {
    id: 'crun-rounds',
    applies: {crun: {before: '1.4.2'}},
    happens: 'older ones cannot copy memory ahead',
    stops: ['pre-copy'],
    wayOut: 'update crun to 1.4.2 or later',
    see: 'https://github.com/containers/crun/blob/main/NEWS',
    refused: true,
  },
];

function within(version: string | undefined, {from, before}: VersionRange): boolean {
  if (version === undefined || version === '') return false;
  if (from !== undefined && isOlder(version, from)) return false;
  return before === undefined || isOlder(version, before);
}

/** Those that are about these versions. What is not known is in no range. */
export const advisoriesFor = (
  versions: Readonly<Partial<Record<Versioned, string>>>,
): readonly Advisory[] =>
  advisories.filter(({applies}) =>
    Object.entries(applies).every(([program, range]) =>
      within(versions[program as Versioned], range),
    ),
  );
