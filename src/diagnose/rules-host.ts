import {crun, criu, incus, podman, type Rule} from './rule.js';

/** About what kernel, CPU, security and cgroups of a host allow. */
export const hostRules: readonly Rule[] = [
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
    id: 'cpu-features',
    where: ['criu restore'],
    patterns: [
      /CPU (?:instruction )?capabilities do not match run time/u,
      /CPU xfeatures has unsupported bits/u,
      /\bis not supported on host\b/u,
    ],
    means:
      'the CPU of the target lacks features that the CPU of the source has, and programs may use them',
    remedy:
      'move to a CPU that has them all, or make both alike (CPU model of the hypervisor); "criu cpuinfo dump" here and "criu cpuinfo check" there show it beforehand',
    see: [podman(17496), criu(1792)],
  },
  {
    id: 'vdso',
    where: ['criu'],
    patterns: [/Unexpected rt vDSO area bounds/u],
    means:
      'CRIU before 4.1 does not start on kernels from 6.13 on, which split an area of memory that it knows',
    remedy: 'install CRIU 4.1 or newer (4.2 for kernels from 6.16 on) on both hosts',
    see: [],
  },
  {
    id: 'rseq',
    where: ['criu dump', 'criu restore'],
    patterns: [
      /has rseq but kernel lacks get_rseq_conf/u,
      /rseq: can't restore as kernel doesn't support it/u,
    ],
    means:
      'the program uses restartable sequences (glibc 2.35 and later), and this kernel does not tell CRIU about them',
    remedy: 'use a kernel from 5.13 on and CRIU 3.17 or newer on both hosts',
    see: [criu(1696), criu(1935)],
  },
  {
    id: 'dirty-tracking',
    where: ['criu', 'podman', 'runc', 'incus'],
    patterns: [
      /Tracking memory is not available/u,
      /Dirty tracking is OFF/u,
      /does not support memory tracking/u,
      /(?:CRIU|criu) is missing features/u,
      /BUG at criu\/mem\.c:46/u,
    ],
    means:
      'this kernel cannot tell which memory has changed (CONFIG_MEM_SOFT_DIRTY is off, as it is on arm64), so memory cannot be copied ahead',
    remedy:
      'use strategy "stateful" in place of "pre-copy", or a kernel with CONFIG_MEM_SOFT_DIRTY; see "criu check --feature mem_dirty_track"',
    see: [],
  },
  {
    id: 'lazy-pages',
    where: ['criu'],
    patterns: [/Unable to open an userfaultfd descriptor/u, /Lazy pages are not available/u],
    means:
      'memory cannot be brought in after the restore (post-copy): userfaultfd is switched off or not allowed here',
    remedy:
      'sysctl vm.unprivileged_userfaultfd=1, or run as root on a kernel with CONFIG_USERFAULTFD',
    see: [criu(3035)],
  },
  {
    id: 'lazy-pages-daemon',
    where: ['criu restore'],
    patterns: [/connect to lazy-pages\.socket failed/u, /No lazy-pages socket/u],
    means: 'a restore with --lazy-pages found no "criu lazy-pages" to ask for the memory',
    remedy: 'start "criu lazy-pages" first, with the same working folder (-W)',
    see: [criu(2808)],
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
    id: 'kernel-config',
    where: ['criu'],
    patterns: [/Can't stat self map_files/u, /CONFIG_CHECKPOINT_RESTORE/u],
    means: 'the kernel was built without CONFIG_CHECKPOINT_RESTORE',
    remedy:
      'use a kernel that has it, as those of Debian, Ubuntu, Fedora and RHEL; see https://criu.org/Linux_kernel',
    see: [criu(417), 'https://criu.org/Linux_kernel'],
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
