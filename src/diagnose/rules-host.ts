import {crun, criu, incus, podman, type Rule} from './rule.js';

/** About what a host has room for, and what its processes, security and cgroups allow. */
export const hostRules: readonly Rule[] = [
  {
    id: 'immutable-file',
    where: ['docker', 'podman'],
    patterns: [
      /(?:failed to remove root filesystem|removing storage for container).{0,400}: unlinkat (?<path>\/[^:]{1,400}): operation not permitted/u,
    ],
    means:
      'a file of the container cannot be deleted, since it has the attribute "immutable" or "append only", which holds for root, too: {path}',
    remedy:
      'take the attributes away ("lsattr -d" shows them, "chattr -i -a" with the path takes them away), and run the same command again',
    see: ['https://man7.org/linux/man-pages/man1/chattr.1.html'],
  },
  {
    id: 'no-space',
    where: ['criu', 'podman', 'docker', 'rsync', 'kernel'],
    patterns: [/No space left on device/iu, /Disk quota exceeded/u],
    means:
      'there is no room left where it is written (the images need as much as the container has memory)',
    remedy:
      'see "df -h" (also of /run and /dev/shm, which are memory) and "df -i", make room, and try again',
    see: [],
    hides: ['tmpfs'],
  },
  {
    id: 'no-memory',
    where: ['criu', 'kernel'],
    patterns: [
      /Cannot allocate memory/u,
      /Out of memory: Killed process (?<pid>\d{1,10})/u,
      /oom-kill:constraint=/u,
      /Memory cgroup out of memory/u,
    ],
    means: 'the host, or the memory limit of the container, has no memory left',
    remedy:
      'see "free -m" and the limit of the container; images that lie in /run count as memory, too',
    see: [],
  },
  {
    id: 'pid-taken',
    where: ['criu restore'],
    patterns: [
      /Can't fork for (?<pid>\d{1,10}): File exists/u,
      /Pid \d{1,10} do not match expected (?<pid>\d{1,10})/u,
      /Thread pid mismatch \d{1,10}\/(?<pid>\d{1,10})/u,
    ],
    means: 'the process had the number {pid}, and another process has that number here',
    remedy:
      'give the container a pid namespace of its own (not --pid=host); outside of containers end the other process, or restore with criu-ns',
    see: [criu(2383), criu(1431), criu(2190)],
  },
  {
    id: 'process-gone',
    where: ['criu dump'],
    patterns: [
      /Unable to detach from (?<pid>\d{1,10}): No such process/u,
      /Failed to open \/proc\/(?<pid>\d{1,10})\/comm: No such file/u,
    ],
    means: 'process {pid} ended while it was dumped, or was not there',
    remedy:
      'see why it ended (its own log, "dmesg" for a lack of memory), and try again while it runs',
    see: [],
    rank: 'follows',
  },
  {
    id: 'freeze-timeout',
    where: ['criu dump'],
    patterns: [
      /Unable to freeze cgroup (?<path>[^ ]{1,300})/u,
      /Timeout reached\. Try to interrupt/u,
    ],
    means:
      'the container could not be frozen in time: a process of it hangs in the kernel (state D, often a network file system), or it is too large for the limit of 10 s',
    remedy:
      'see "ps -eo pid,stat,wchan,comm" for state D; for many processes a line "timeout 60" in /etc/criu/runc.conf',
    see: [],
  },
  {
    id: 'inside-itself',
    where: ['criu dump'],
    patterns: [/criu itself is within dumped tree/iu],
    means: 'CRIU runs within the container that it is to freeze',
    remedy: 'run it on the host',
    see: [criu(2080)],
  },
  {
    id: 'security-module',
    where: ['criu restore'],
    patterns: [
      /mismatched lsm types/u,
      /can't write lsm profile/u,
      /(?<lsm>apparmor|selinux) LSM specified but (?:apparmor|selinux) not supported/u,
    ],
    means:
      'source and target do not have the same security module (AppArmor, SELinux), or the profile of the container is not loaded here',
    remedy:
      'use hosts with the same one and load its profile there (docker-default, for instance), or run the container unconfined; with Incus: raw.lxc "lxc.apparmor.profile ="',
    see: [criu(323), podman(12437)],
  },
  {
    id: 'cgroup-cpuset',
    where: ['criu restore', 'crun'],
    patterns: [/cpuset\.(?:cpus|mems|cpu_exclusive): Permission denied/u],
    means:
      'the CPUs of the cgroup cannot be set here: the controller is not delegated to it, or cgroup v1 is mounted beside v2',
    remedy:
      'use runc in place of crun, mount cgroup v2 only, or a line "manage-cgroups ignore" in /etc/criu/crun.conf',
    see: [criu(2000), crun(1651)],
  },
  {
    id: 'cgroup-write',
    where: ['criu restore'],
    patterns: [/cg: Failed writing (?<value>[^\n]{1,60}) to (?<path>[^ ]{1,300}): /u],
    means: 'a setting of the cgroup ("{path}") cannot be put back on this host',
    remedy:
      'use the same cgroup version and driver on both hosts, or a line "manage-cgroups ignore" in /etc/criu/runc.conf: the engine makes the cgroup itself',
    see: [crun(1651)],
    rank: 'follows',
  },
  {
    id: 'freezer-missing',
    where: ['incus'],
    patterns: [/Failed getting freezer path/u],
    means:
      'a container that was restored once cannot be frozen again by this liblxc (seen with 6.0.4 on cgroup v2; corrected upstream since)',
    remedy:
      'restart the container before its next move, or mount the v1 freezer and devices controllers beside cgroup v2',
    see: ['https://github.com/lxc/lxc/commit/f30cbb86f'],
  },
  {
    id: 'rlimit',
    where: ['criu dump'],
    patterns: [/Can't get rlimit \d{1,3}: Operation not permitted/u],
    means:
      'root on this host may not look at processes of other users (CAP_SYS_RESOURCE is missing, as in a container)',
    remedy: 'give the host that capability, or give the container a user namespace of its own',
    see: [],
  },
  {
    id: 'capability',
    where: ['criu'],
    patterns: [
      /CRIU needs to have the CAP_SYS_ADMIN or the CAP_CHECKPOINT_RESTORE/u,
      /(?:checkpointing|restoring) a container requires root/u,
    ],
    means: 'only root can freeze and restore',
    remedy: 'use root on both hosts (address: root@…); rootless containers can be moved cold',
    see: [criu(2523)],
  },
  {
    id: 'ptrace',
    where: ['criu dump'],
    patterns: [
      /(?:Unable to|Can't) (?:seize|attach to|interrupt)[^\n]{0,60}: Operation not permitted/iu,
    ],
    means:
      'CRIU may not hold a process of the container: a debugger or tracer holds it, or kernel.yama.ptrace_scope is 3',
    remedy:
      'end strace, gdb or the agent that traces it ("grep TracerPid /proc/PID/status"); see sysctl kernel.yama.ptrace_scope',
    see: ['https://criu.org/What_cannot_be_checkpointed'],
  },
  {
    id: 'time-namespace',
    where: ['incus', 'criu restore'],
    patterns: [/Unable to open timens-\d{1,5}\.img: Permission denied/u],
    means:
      'the container of a user namespace may not read its own checkpoint: mounts with mapped owners are in use',
    remedy:
      'start both Incus daemons with INCUS_IDMAPPED_MOUNTS_DISABLE=1, or use security.privileged=true',
    see: [incus(2186)],
  },
  {
    id: 'restore-failed',
    where: ['criu restore', 'criu dump'],
    patterns: [/Killing processes because of failure on restore/u],
    means:
      'the restore failed after the network had been unlocked: clients may have lost their connections',
    remedy: 'look at the lines before it for the reason, and restore where the checkpoint was made',
    see: [],
    rank: 'follows',
  },
];
