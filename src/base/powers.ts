/**
 * What gives a container power over its host beyond that of every other container, by the word that permits it in a plan
 * (`allow`). Whoever has one of these may become root on the host, or read what only root may read.
 *
 * The host's network is not among them: it reaches services of the host, as any neighbour on the network does. Together with
 * NET_ADMIN, which then changes the network of the host, it is. A bundle without a list of system calls is how `runc spec`
 * makes it, and is not counted either; a container of podman or docker has such a list unless somebody took it away.
 */
export const powerKinds = {
  privileged: 'it has every capability and every device of the host',
  'host-mount': "it has the host's mounts",
  'host-pid': 'it sees, ends and enters processes of the host',
  'host-ipc': 'it shares memory and queues with processes of the host',
  'host-uts': 'it can rename the host',
  'host-user': 'its root is the root of the host, also where the engine maps users',
  namespace: 'it joins a namespace of the host',
  capability: 'with it a process can take over its host',
  device: 'it uses a device of the host',
  'device-rule': 'it may make device files and use them',
  'seccomp-unconfined': 'no system call is kept from it',
  'seccomp-profile': 'it says itself which system calls are kept from it',
  seccomp: 'a file of the host says which system calls are kept from it',
  'apparmor-unconfined': 'AppArmor does not confine it',
  apparmor: 'it names the AppArmor profile that confines it',
  'selinux-unconfined': 'SELinux does not confine it',
  selinux: 'it names its own SELinux label',
  unmasked: 'it can change settings of the kernel in /proc and /sys that engines protect',
  'security-opt': 'its effect is not known',
  bind: 'it has a folder that belongs to the host',
  mount: 'it mounts a file system of the host by itself',
  init: 'its first process is a file of the host',
  log: 'the engine writes its log to a place that it names',
  'hosts-file': 'it reads a file of the host as its own /etc/hosts',
  hook: 'the runtime starts this program on the host, as root',
  annotation: 'its runtime or the hooks of the host obey it',
  cgroup: 'it enters a control group that is not its own',
} as const;

export type PowerKind = keyof typeof powerKinds;

/** Kinds that are words by themselves; the others are followed by a colon and what they are about. */
export const plainKinds: ReadonlySet<PowerKind> = new Set([
  ...(['privileged', 'host-mount', 'host-pid', 'host-ipc', 'host-uts', 'host-user'] as const),
  ...(['seccomp-unconfined', 'seccomp-profile', 'apparmor-unconfined'] as const),
  ...(['selinux-unconfined', 'unmasked'] as const),
]);

/** `sys_admin` and `CAP_SYS_ADMIN` are SYS_ADMIN. */
export const plainCapability = (name: string): string => name.toUpperCase().replace(/^CAP_/, '');

/** Of Linux 6.12; ALL is docker's word for all of them. */
export const capabilities: readonly string[] = [
  'ALL',
  'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE',
  'DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE',
  'MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID',
  'SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO',
  'SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM',
].flatMap((line) => line.split(' '));

/** A word of a plan as it would be written in a refusal. */
export const plainPower = (word: string): string =>
  word.replace(/^capability:(.*)$/s, (_, name: string) => `capability:${plainCapability(name)}`);
