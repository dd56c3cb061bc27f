import type {PlannedProcesses} from '../criu/image-differences.js';
import {imagesQuestion} from '../criu/images-question.js';
import type {Question} from '../engine.js';
import {asList, asTexts, at, flagAt, textAt, textsAt} from '../../base/json.js';
import type {ObservedContainer} from '../facts.js';
import {isUnmasked, protectedPaths} from './powers.js';

/** Those that docker gives to every container. */
const usualCapabilities = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID'],
  ...['SETFCAP', 'SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
];

const namesAt = (host: unknown, key: string): readonly string[] =>
  textsAt(host, key).map((name) => name.toUpperCase().replace(/^CAP_/, ''));

/** What docker gives to a container of these settings. `id`: of the container on this host. */
export function plannedDocker({raw}: ObservedContainer, id: string): PlannedProcesses {
  const host = at(raw, 'HostConfig');
  const isPrivileged = flagAt(host, 'Privileged');
  const [added, dropped] = [namesAt(host, 'CapAdd'), namesAt(host, 'CapDrop')];
  const usual = dropped.includes('ALL') ? [] : usualCapabilities;
  const isHost = (key: string): boolean => textAt(host, key) === 'host';
  const options = asTexts(at(host, 'SecurityOpt'));
  const modes = {pid: 'PidMode', net: 'NetworkMode', ipc: 'IpcMode', uts: 'UTSMode'};
  return {
    capabilities:
      isPrivileged || added.includes('ALL')
        ? 'all'
        : [...usual.filter((name) => !dropped.includes(name)), ...added],
    shared: [
      ...Object.entries(modes)
        .filter(([, key]) => isHost(key))
        .map(([word]) => word),
      // Without a word docker decides by the version of the control groups.
      ...(textAt(host, 'CgroupnsMode') === 'private' ? [] : ['cgroup']),
    ],
    isFiltered: !isPrivileged && !options.some((option) => /^seccomp[=:]/.test(option)),
    isUnmasked: isPrivileged || isUnmasked(host),
    protects: Array.isArray(at(host, 'ReadonlyPaths'))
      ? textsAt(host, 'ReadonlyPaths')
      : protectedPaths,
    writesCgroups: isPrivileged || options.some((option) => option.startsWith('writable-cgroups')),
    readOnly: asList(at(raw, 'Mounts'))
      .filter((mount) => !flagAt(mount, 'RW'))
      .map((mount) => textAt(mount, 'Destination')),
    cgroups: [id, `docker-${id}.scope`],
  };
}

/** The images are restored into a container that docker made of the plan's settings; they may ask for nothing beyond those. */
export const dockerImages = (container: ObservedContainer, scratch: string): Question =>
  imagesQuestion(container.name, scratch, (id) => plannedDocker(container, id));
