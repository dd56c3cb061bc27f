import {criu, podman, type Rule} from './rule.js';

/** About what the kernel and the CPU of a host can do. */
export const kernelRules: readonly Rule[] = [
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
    id: 'kernel-config',
    where: ['criu'],
    patterns: [/Can't stat self map_files/u, /CONFIG_CHECKPOINT_RESTORE/u],
    means: 'the kernel was built without CONFIG_CHECKPOINT_RESTORE',
    remedy:
      'use a kernel that has it, as those of Debian, Ubuntu, Fedora and RHEL; see https://criu.org/Linux_kernel',
    see: [criu(417), 'https://criu.org/Linux_kernel'],
  },
  {
    id: 'nested-namespace',
    where: ['criu dump'],
    patterns: [
      /Can't dump nested (?<kind>[a-z]{1,12})(?:_for_children)? namespace/u,
      /Unable to dump more than one netns/u,
    ],
    means:
      'a process of the container has made a namespace of its own (the sandbox of a browser does), which CRIU cannot dump',
    remedy: 'let the program run without it (browsers: --no-sandbox), or move the container cold',
    see: [],
  },
  {
    id: 'posix-queue',
    where: ['criu dump'],
    patterns: [/mqueue isn't empty/u],
    means: 'the container has a POSIX message queue, open or not, which CRIU cannot dump',
    remedy:
      'let the program remove it (mq_unlink; "ls /dev/mqueue" in the container shows its name), or move the container cold',
    see: [],
  },
];
