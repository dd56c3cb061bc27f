import type {PlannedProcesses} from '../criu/image-differences.js';
import {asList, asRecord, asTexts, at, textAt, textsAt} from '../../base/json.js';
import {isBind, namespaceOf} from './config.js';
import {ociPowers} from './powers.js';

const withoutPrefix = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

/** Namespaces of the specification, with the words for them in `PlannedProcesses`. */
const namespaces = {
  pid: 'pid',
  network: 'net',
  ipc: 'ipc',
  uts: 'uts',
  cgroup: 'cgroup',
} as const;

/** What a list of system calls does with one that it does not name. */
export const denies = /^SCMP_ACT_(?:ERRNO|KILL|KILL_THREAD|KILL_PROCESS|TRAP)$/;

/** What a configuration of the OCI specification gives to a container. */
export function plannedOci(config: unknown, cgroups: readonly string[]): PlannedProcesses {
  const mounts = asList(at(config, 'mounts'));
  const isReadOnly = (mount: unknown): boolean => textsAt(mount, 'options').includes('ro');
  const isGroup = (mount: unknown): boolean =>
    ['cgroup', 'cgroup2'].includes(textAt(mount, 'type')) ||
    /^\/sys\/fs\/cgroup(?:\/|$)/.test(textAt(mount, 'destination'));
  const sets = Object.values(asRecord(at(config, 'process', 'capabilities'))).flatMap(asTexts);
  return {
    capabilities: sets.map(withoutPrefix),
    shared: Object.entries(namespaces)
      .filter(([type]) => namespaceOf(config, type) === undefined)
      .map(([, word]) => word),
    isFiltered: denies.test(textAt(config, 'linux', 'seccomp', 'defaultAction')),
    isUnmasked: ociPowers(config, cgroups).some(({kind}) => kind === 'unmasked'),
    protects: textsAt(config, 'linux', 'readonlyPaths'),
    writesCgroups: mounts.some((mount) => isGroup(mount) && !isReadOnly(mount)),
    readOnly: mounts
      .filter((mount) => isBind(mount) && isReadOnly(mount))
      .map((mount) => textAt(mount, 'destination')),
    cgroups,
  };
}
