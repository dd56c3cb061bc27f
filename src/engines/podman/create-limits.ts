import {asList, asRecord, at, flagAt, numberAt, textAt, textsAt} from '../../base/json.js';
import {createWords, optionValues} from './asked.js';

/** Flags with a number: not written when it is 0, podman's word for "not set". */
const numbers: readonly (readonly [string, string, string])[] = [
  ['--memory', 'Memory', 'b'],
  ['--memory-reservation', 'MemoryReservation', 'b'],
  ['--memory-swap', 'MemorySwap', ''],
  ['--memory-swappiness', 'MemorySwappiness', ''],
  ['--cpu-shares', 'CpuShares', ''],
  ['--cpu-period', 'CpuPeriod', ''],
  ['--cpu-quota', 'CpuQuota', ''],
  ['--cpu-rt-period', 'CpuRealtimePeriod', ''],
  ['--cpu-rt-runtime', 'CpuRealtimeRuntime', ''],
  ['--pids-limit', 'PidsLimit', ''],
  ['--blkio-weight', 'BlkioWeight', ''],
  ['--oom-score-adj', 'OomScoreAdj', ''],
];

/** -1 means "not set" for swappiness and "no limit" for the others. */
const isSet = (flag: string, value: number): boolean =>
  value !== 0 && !(flag === '--memory-swappiness' && value < 0);

const texts: readonly (readonly [string, string])[] = [
  ['--cpuset-cpus', 'CpusetCpus'],
  ['--cpuset-mems', 'CpusetMems'],
  ['--cgroup-parent', 'CgroupParent'],
];

const rates: readonly (readonly [string, string])[] = [
  ['--device-read-bps', 'BlkioDeviceReadBps'],
  ['--device-write-bps', 'BlkioDeviceWriteBps'],
  ['--device-read-iops', 'BlkioDeviceReadIOps'],
  ['--device-write-iops', 'BlkioDeviceWriteIOps'],
];

export interface Ulimit {
  /** `nofile` */
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** `{"Name": "RLIMIT_NOFILE", "Soft": 100, "Hard": 200}` */
export const toldUlimits = (raw: unknown): readonly Ulimit[] =>
  asList(at(raw, 'HostConfig', 'Ulimits')).map((each) => ({
    name: textAt(each, 'Name')
      .replace(/^RLIMIT_/, '')
      .toLowerCase(),
    soft: numberAt(each, 'Soft'),
    hard: numberAt(each, 'Hard'),
  }));

/**
 * Once a container has run podman also tells its host's own limits. Those are not a setting of the
 * container, so where the command line is known only what it names counts.
 */
export function askedUlimits(raw: unknown): readonly Ulimit[] {
  const words = createWords(raw);
  if (words.length === 0) return toldUlimits(raw);
  const names = optionValues(words, '--ulimit').map((word) => word.split('=')[0]?.toLowerCase());
  if (names.includes('host')) return [];
  return toldUlimits(raw).filter(({name}) => names.includes(name));
}

/** Where a user namespace of its own begins, as `inside:outside:length`. */
function mapFlags(raw: unknown): readonly string[] {
  const maps = at(raw, 'HostConfig', 'IDMappings');
  return [
    ...textsAt(maps, 'UidMap').map((map) => `--uidmap=${map}`),
    ...textsAt(maps, 'GidMap').map((map) => `--gidmap=${map}`),
  ];
}

function securityFlags(raw: unknown): readonly string[] {
  const host = at(raw, 'HostConfig');
  const privileged = flagAt(host, 'Privileged');
  const words = createWords(raw);
  const asked = optionValues(words, '--security-opt').filter((word) =>
    /^(?:mask|unmask|proc-opts|label=nested|systempaths)/.test(word),
  );
  const options = privileged ? asked : [...new Set([...textsAt(host, 'SecurityOpt'), ...asked])];
  // of a privileged one podman tells as dropped what its host does not have
  const dropped = privileged ? optionValues(words, '--cap-drop') : textsAt(host, 'CapDrop');
  return [
    ...(privileged ? ['--privileged'] : []),
    ...(privileged ? [] : textsAt(host, 'CapAdd').map((capability) => `--cap-add=${capability}`)),
    ...dropped.map((capability) => `--cap-drop=${capability}`),
    ...options.map((option) => `--security-opt=${option}`),
    ...(flagAt(host, 'ReadonlyRootfs') ? ['--read-only'] : []),
    ...words.filter((word) => word.startsWith('--read-only-tmpfs')),
    ...mapFlags(raw),
  ];
}

function deviceFlags(host: unknown): readonly string[] {
  const weights = asList(at(host, 'BlkioWeightDevice')).map(
    (each) => `--blkio-weight-device=${textAt(each, 'Path')}:${numberAt(each, 'Weight')}`,
  );
  const limited = rates.flatMap(([flag, key]) =>
    asList(at(host, key)).map(
      (each) => `${flag}=${textAt(each, 'Path')}:${numberAt(each, 'Rate')}`,
    ),
  );
  return [...weights, ...limited];
}

/** Memory, processors, processes, files, capabilities and what the kernel refuses. */
export function limitFlags(raw: unknown): readonly string[] {
  const host = asRecord(at(raw, 'HostConfig'));
  const cgroups = textAt(host, 'Cgroups');
  const ownMemory = !['host', 'none'].includes(textAt(host, 'IpcMode'));
  const shm = host['ShmSize'];
  return [
    ...numbers.flatMap(([flag, key, unit]) => {
      const value = numberAt(host, key);
      return isSet(flag, value) ? [`${flag}=${value}${unit}`] : [];
    }),
    ...texts.flatMap(([flag, key]) =>
      textAt(host, key) === '' ? [] : [`${flag}=${textAt(host, key)}`],
    ),
    ...(flagAt(host, 'OomKillDisable') ? ['--oom-kill-disable'] : []),
    // 0: as much as there is
    ...(typeof shm === 'number' && shm >= 0 && ownMemory ? [`--shm-size=${shm}b`] : []),
    ...(cgroups === '' || cgroups === 'default' ? [] : [`--cgroups=${cgroups}`]),
    ...deviceFlags(host),
    ...askedUlimits(raw).map(({name, soft, hard}) => `--ulimit=${name}=${soft}:${hard}`),
    ...securityFlags(raw),
  ];
}
