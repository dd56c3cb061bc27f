import {shellWord} from '../../base/shell-word.js';
import type {Refusal} from '../../engines/engine.js';
import type {ObservedContainer} from '../../engines/facts.js';
import {weightIn} from '../../engines/host/weight-in.js';
import type {Container} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {fileMounts, isCopied, policyOf} from './folders.js';

/**
 * Attributes of files (`chattr`) are not copied, and a container with such a file in its layer cannot be removed: it would stay on
 * its source, stopped, and every later run would try to remove it again.
 */
export function fixedFiles(
  container: Container,
  observed: ObservedContainer,
  {host, survey}: HostView,
): readonly Refusal[] {
  const fixed = survey && weightIn(survey, observed.name)?.fixed;
  if (!fixed) return [];
  const copied = fileMounts(observed).filter((mount) => isCopied(policyOf(container, mount)));
  const places = [
    {what: 'its root filesystem', paths: fixed.rootfs},
    ...copied.map(({kind, name}) => ({what: `${kind} "${name}"`, paths: fixed.mounts[name] ?? []})),
  ];
  return places.flatMap(({what, paths: [first]}) =>
    first === undefined
      ? []
      : [
          {
            code: 'fixed-files',
            message: `${what} on ${host} has files that not even root can change or remove, such as "${first}"; a copy would not be so, and the original could not be removed`,
            remedy: `take the attributes away, and give them to the copy again ("chattr -i -a ${shellWord(first)}"; "lsattr -R" shows them all)`,
          },
        ],
  );
}
