import {movesMemory} from '../../base/strategy.js';
import type {Problem} from '../../base/problem.js';
import type {ObservedContainer} from '../../engines/facts.js';
import {weightIn} from '../../engines/host/weight-in.js';
import type {HostView} from '../../state/host/observed.js';
import type {Change} from '../change.js';

const several = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** What a program has in the kernel and no longer has after a restore, though it goes on. */
export function memoryWarnings(
  {container: {name: container}, strategy}: Pick<Change, 'container' | 'strategy'>,
  observed: ObservedContainer,
  {host, survey}: HostView,
): readonly Problem[] {
  const weight = movesMemory[strategy] && survey ? weightIn(survey, observed.name) : undefined;
  const {mappedLocks = [], multicast = []} = weight ?? {};
  const warning = (code: string, message: string, remedy: string): Problem => ({
    kind: 'preflight',
    code,
    container,
    host,
    message,
    remedy,
  });
  return [
    ...(mappedLocks.length === 0
      ? []
      : [
          warning(
            'mapped-lock',
            `a program of "${container}" holds a lock on ${several(mappedLocks)}, which it has mapped as well: CRIU restores no such lock, so another program that opens the file would take it for unused (databases of SQLite in WAL mode)`,
            'let no other program open it until the container was restarted, or use "cold"',
          ),
        ]),
    ...(multicast.length === 0
      ? []
      : [
          warning(
            'multicast',
            `"${container}" receives the multicast groups ${several(multicast)}: CRIU restores no such membership, so it would receive them no more`,
            'restart it after the move where it needs them, or use "cold"',
          ),
        ]),
  ];
}
