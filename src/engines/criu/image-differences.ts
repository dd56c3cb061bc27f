import {capabilitiesIn} from './capability-names.js';
import type {CriuImages} from './images.js';
import {mountDifferences, type PlannedMounts} from './mount-check.js';
import {messageOf, messagesOf, numberOf, numbersOf, textsOf, type Message} from './protobuf.js';

/** What the plan gives to a container, as far as CRIU's images could give it more. */
export interface PlannedProcesses extends PlannedMounts {
  /** Without `CAP_`. */
  readonly capabilities: readonly string[] | 'all';
  /** Namespaces of its host: `pid`, `net`, `ipc`, `uts`, `cgroup`. */
  readonly shared: readonly string[];
  /** A filter keeps system calls from it. */
  readonly isFiltered: boolean;
  /** Names of its own control group, of which one is a part of the path. Absent where the restore puts it into another one. */
  readonly cgroups?: readonly string[];
}

const numbered = String.raw`core|ids|mm|fs|fdinfo|pagemap(?:-shmem)?|pages|utsns|ipcns-(?:var|shm|msg|sem)|timens|pidns|mountpoints|netns|netdev|ifaddr|route6?|rule|ip6?tables|nftables|netns-(?:ct|exp)|signal-[sp]|rlimit|itimers|posix-timers`;
const once = String.raw`inventory|pstree|files|cgroup|seccomp|remap-fpath|pipes-data|fifo-data|sk-queues|tty-info|tty-data|filelocks|memfd|inotify-wd|fanotify-mark|eventpoll-tfd|cpuinfo|stats-dump|stats-restore|irmap-cache`;

/**
 * Files that CRIU makes of a container. Others tell it to change the host itself (`binfmt-misc`, `apparmor`, `autofs`), to make
 * what needs root (`bpfmap-file`, `tunfile`), or are older forms of what is looked into here (`creds-1`).
 */
const usualName = new RegExp(
  String.raw`^(?:(?:${once}|(?:${numbered})-\d+|(?:ghost-file|tcp-stream)-[0-9a-f]+|tmpfs(?:-dev)?-\d+\.tar\.gz)\.img|descriptors\.json|parent|(?:dump|restore)\.log)$`,
);

/** Fields of `task_kobj_ids_entry`. */
const namespaceFields = {pid: 5, net: 6, ipc: 7, uts: 8, mnt: 9, cgroup: 11} as const;

const all = ({messages}: CriuImages, kind: Parameters<typeof messages.get>[0]) =>
  messages.get(kind) ?? [];

/** CRIU makes a namespace where its number is not the one of the host that was dumped. */
function namespaceDifferences(images: CriuImages, planned: PlannedProcesses): readonly string[] {
  const [inventory] = all(images, 'inventory');
  const host = inventory && messageOf(inventory, 3);
  const inCores = all(images, 'core').map((core) => messageOf(core, 4));
  const tasks = [...all(images, 'ids'), ...inCores.filter((each) => each !== undefined)];
  if (!host || tasks.length === 0) return ['its images do not tell its namespaces'];
  return Object.entries(namespaceFields)
    .filter(([type]) => !planned.shared.includes(type))
    .filter(([, field]) => {
      const outside = numberOf(host, field);
      return tasks.some((task) => (numberOf(task, field) ?? outside) === outside);
    })
    .map(([type]) => `its images have the ${type} namespace of the host`);
}

const has = ({capabilities}: PlannedProcesses, name: string): boolean =>
  capabilities === 'all' || capabilities.includes(name);

/** Fields of `creds_entry`: inheritable, permitted, effective, bounding, ambient. */
const capabilityFields = [9, 10, 11, 12, 19];

function capabilityDifferences(thread: Message, planned: PlannedProcesses): readonly string[] {
  const creds = messageOf(thread, 10);
  const sets = creds ? capabilityFields.map((field) => numbersOf(creds, field)) : [undefined];
  if (sets.includes(undefined)) return ['its images do not tell its capabilities'];
  return sets
    .flatMap((set) => capabilitiesIn(set ?? []))
    .filter((name) => !has(planned, name))
    .map((name) => `its images have the capability ${name}`);
}

/** The first thread of a process has `tc`, field 3; it hands its filter on to the others. */
function taskDifferences(images: CriuImages, planned: PlannedProcesses): readonly string[] {
  return all(images, 'core').flatMap((core) => {
    const threads = messagesOf(core, 5);
    const [thread, second] = threads ?? [];
    if (!threads || second) return ['its images tell a thread twice'];
    // One that has ended has no thread.
    if (!thread) return [];
    const isFiltered = (numberOf(thread, 11) ?? 0) > 0 || !core.has(3);
    return [
      ...capabilityDifferences(thread, planned),
      ...(planned.isFiltered && !isFiltered ? ['its images have no filter of system calls'] : []),
    ];
  });
}

/** Numbers of `fd_types` that only root of the host could open, with what a container needs for them. */
const fileKinds: ReadonlyMap<number, string> = new Map([
  [10, 'a packet socket'],
  [15, 'a tunnel'],
  [16, 'a file of a plugin'],
  [19, 'a BPF map'],
]);

function fileDifferences(images: CriuImages, planned: PlannedProcesses): readonly string[] {
  const [inventory] = all(images, 'inventory');
  const host = inventory && messageOf(inventory, 3);
  const outside = host ? Object.values(namespaceFields).map((field) => numberOf(host, field)) : [];
  return all(images, 'files').flatMap((file) => {
    const type = numberOf(file, 1) ?? 0;
    const kind = fileKinds.get(type);
    const namespace = messageOf(file, 5);
    const leadsOut = namespace && outside.includes(numberOf(namespace, 2));
    return [
      ...(kind === undefined || (type === 10 && has(planned, 'NET_RAW'))
        ? []
        : [`its images have ${kind}`]),
      ...(leadsOut ? ['its images have a namespace of the host as a file'] : []),
    ];
  });
}

/** Settings of control groups that the kernel or CRIU knows, and that reach no other group. */
const usualProperty =
  /^(?!.*(?:release_agent|cgroup\.kill))(?:cgroup|cpu|cpuset|cpuacct|memory|blkio|io|pids|hugetlb|net_cls|net_prio|freezer|devices|rdma|misc|tasks|notify_on_release)(?:[._][\w.]*)?$/;

const isPart = (part: string, path: string): boolean => path.split('/').includes(part);

const leadsUp = (path: string): boolean => path.split('/').includes('..');

/** What CRIU says of devices, where it makes a group of version 1: one line each, or a line for all of them. */
const everyDevice = /^[ab] .*[rw]/m;

/** Deeper than containers nest control groups. */
const deepest = 64;

/** Settings of one group; all devices of the root of a hierarchy are nobody's gain. */
function settingDifferences(group: Message, isRoot: boolean): readonly string[] {
  const properties = messagesOf(group, 3) ?? [];
  const names = properties.flatMap((each) => textsOf(each, 1));
  const devices = properties
    .filter((each) => textsOf(each, 1).join().startsWith('devices.'))
    .flatMap((each) => textsOf(each, 2));
  return [
    ...names
      .filter((each) => !usualProperty.test(each))
      .map((each) => `its images have the setting "${each}" of a control group`),
    ...(!isRoot && devices.some((each) => everyDevice.test(each))
      ? ['its images let it use every device']
      : []),
  ];
}

function groupDifferences(
  group: Message,
  depth: number,
  planned: PlannedProcesses,
): readonly string[] {
  if (depth > deepest) return ['its images nest control groups without end'];
  const name = textsOf(group, 1).join();
  // The root of a hierarchy is there, and CRIU changes no group that is there.
  const isRoot = depth === 0 && name === '';
  const isForeign =
    depth === 0 && !isRoot && planned.cgroups?.some((own) => isPart(own, name)) === false;
  return [
    ...(isForeign || leadsUp(name) ? [`its images make the control group "${name}"`] : []),
    ...settingDifferences(group, isRoot),
    ...(messagesOf(group, 2) ?? []).flatMap((each) => groupDifferences(each, depth + 1, planned)),
  ];
}

function cgroupDifferences(images: CriuImages, planned: PlannedProcesses): readonly string[] {
  const [cgroup] = all(images, 'cgroup');
  const sets = cgroup ? messagesOf(cgroup, 1) : undefined;
  const controllers = cgroup ? messagesOf(cgroup, 2) : undefined;
  const tops = controllers?.map((controller) => messagesOf(controller, 2));
  if (!sets || !tops || tops.includes(undefined))
    return ['its images do not tell its control group'];
  const members = sets.flatMap((set) => messagesOf(set, 2) ?? []);
  return [
    ...members
      .flatMap((each) => textsOf(each, 2))
      .filter(leadsUp)
      .map((path) => `its images have the control group "${path}"`),
    ...tops.flatMap((each) => each ?? []).flatMap((head) => groupDifferences(head, 0, planned)),
  ];
}

/** What a container's images ask of CRIU that was not planned, one line each. */
export function imageDifferences(images: CriuImages, planned: PlannedProcesses): readonly string[] {
  const odd = images.names.filter((name) => !usualName.test(name));
  return [
    ...new Set([
      ...odd.map((name) => `its images have "${name}"`),
      ...namespaceDifferences(images, planned),
      ...taskDifferences(images, planned),
      ...fileDifferences(images, planned),
      ...mountDifferences(all(images, 'mountpoints'), images.protectable, planned),
      ...cgroupDifferences(images, planned),
    ]),
  ];
}
