import {isWithin} from '../../base/within.js';
import type {Refusal} from '../../engines/engine.js';
import type {Mount, ObservedContainer} from '../../engines/facts.js';
import type {Container} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {pathOn} from './claims.js';
import {fileMounts, isCopied, policyOf} from './folders.js';
import {filesOf} from './landings.js';

/** What symbolic links do to the folders of one container: two paths may be one folder on one host and not on the other. */

/** How two folders lie to each other; the same text means the same. */
function relation(one: string, other: string): string {
  if (one === other) return 'one folder';
  if (isWithin(one, other)) return `"${one.slice(other.length)}" of the second`;
  return isWithin(other, one) ? `"${other.slice(one.length)}" of the first` : 'two folders';
}

const relationOn = (view: HostView, one: Mount, other: Mount): string | undefined => {
  const [path, second] = [pathOn(view, one), pathOn(view, other)];
  return path === undefined || second === undefined ? undefined : relation(path, second);
};

const told = ({kind, name, source}: Mount): string => `${kind} "${name}" (${source})`;

/** What is copied into one of them would replace the other, or what is in it. */
export function meetingRefusals(
  container: Container,
  observed: ObservedContainer,
  mount: Mount,
  [source, target]: readonly [HostView, HostView],
): readonly Refusal[] {
  const copied = fileMounts(observed).filter((each) => isCopied(policyOf(container, each)));
  return copied.slice(0, copied.indexOf(mount)).flatMap((other) => {
    const [here, there] = [relationOn(source, other, mount), relationOn(target, other, mount)];
    if (here === undefined || there === undefined || here === there) return [];
    const found = {first: here, second: there};
    return [
      {
        code: 'folders-meet',
        message: `${told(other)} and ${told(mount)}: ${found.first} on ${source.host}, and ${found.second} on ${target.host}`,
        remedy: `let both lead to the same kind of place on ${target.host} as on ${source.host}: "readlink -f" shows where each leads`,
      },
    ];
  });
}

/** Copying a folder would also replace what is mounted below it, and belongs to the target there. */
export function nestedRefusals(
  container: Container,
  observed: ObservedContainer,
  mount: Mount,
  views: readonly HostView[],
): readonly Refusal[] {
  const isBelow = (each: Mount): boolean =>
    each.source !== mount.source &&
    views.some((view) => {
      const [path, folder] = [each, mount].map((one) => pathOn(view, one) ?? one.source);
      return isWithin(path ?? '', folder ?? '');
    });
  return fileMounts(observed)
    .filter((each) => !isCopied(policyOf(container, each)) && isBelow(each))
    .map((each) => ({
      code: 'nested-mount',
      message: `${told(mount)} is copied, and "${each.name}" (${each.source}) within it is said to be \`${policyOf(container, each)}\``,
      remedy: `say the same of both, or give "${each.name}" a folder outside of ${mount.source}`,
    }));
}

/** A path that leads back to itself is no folder, and none can be made there. */
export const endlessRefusals = (mount: Mount, views: readonly HostView[]): readonly Refusal[] =>
  views
    .filter((view) => filesOf(view, mount)?.endless === true)
    .map(({host}) => ({
      code: 'endless-link',
      message: `${mount.kind} "${mount.name}": the symbolic links of "${mount.source}" on ${host} lead back to themselves`,
      remedy: `look at them with "namei -l ${mount.source}", and remove the one that is wrong`,
    }));
