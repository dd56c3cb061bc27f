import {criu, runc, type Rule} from './rule.js';

const cannot = 'https://criu.org/What_cannot_be_checkpointed';

/** About open files, devices, mounts and terminals of the container. */
export const fileRules: readonly Rule[] = [
  {
    id: 'io-uring',
    where: ['criu dump'],
    patterns: [/anon_inode:\[io_uring\]/u, /send_fds failed \(-22\)/u],
    means:
      'a program in the container uses io_uring, which CRIU cannot dump (recent kernels do not even hand its descriptor over: "send_fds failed (-22)")',
    remedy:
      'switch io_uring off in the program (Node.js: UV_USE_IO_URING=0; MariaDB: innodb_use_native_aio=0), forbid it (a seccomp profile, or sysctl kernel.io_uring_disabled=2 and start it again), or move it cold',
    see: [criu(2131), criu(2673), criu(3070)],
  },
  {
    id: 'userfaultfd',
    where: ['criu dump'],
    patterns: [/anon_inode:\[userfaultfd\]/u],
    means:
      'a program in the container handles its own page faults (userfaultfd), which CRIU cannot dump',
    remedy:
      'move the container cold, or use a mode of the program that does not (some garbage collectors have one)',
    see: [criu(2021)],
  },
  {
    id: 'special-file',
    where: ['criu dump'],
    patterns: [/Can't dump file \d{1,7} of that type \[\d{1,8}\] \(anon (?<what>[^)]{1,80})\)/u],
    means: 'a program in the container has an open file of a kind that CRIU cannot dump: {what}',
    remedy:
      'let the program close it before the freeze (hook "beforeFreeze"), or move the container cold',
    see: [cannot],
  },
  {
    id: 'device-open',
    where: ['criu dump'],
    patterns: [
      /Can't dump file \d{1,7} of that type \[\d{1,8}\] \((?<device>(?:chr|blk) \d{1,4}:\d{1,7})\)/u,
    ],
    means:
      'a program in the container has a device open that CRIU cannot dump: {device} (10:229 is /dev/fuse, 195 NVIDIA, 226 graphics); only null, zero, random and the like can be',
    remedy:
      'let the program close it before the freeze, or move the container cold; for graphics cards CRIU needs their plugin',
    see: [cannot],
  },
  {
    id: 'tun',
    where: ['criu dump'],
    patterns: [/tun: Net namespace is required to dump tun link/u],
    means: 'a program in the container made a network device (tun) in the network of the host',
    remedy: 'give the container a network of its own, or move it cold',
    see: [],
  },
  {
    id: 'secret-memory',
    where: ['criu dump'],
    patterns: [/\/secretmem \(deleted\)/u],
    means:
      'a program in the container holds memory that nobody else may read (memfd_secret), CRIU least of all',
    remedy: 'move the container cold',
    see: [],
  },
  {
    id: 'deleted-file',
    where: ['criu dump'],
    patterns: [
      /Can't dump ghost file (?<path>[^\n]{1,200}) of (?<size>\d{1,20}) size, increase limit/u,
    ],
    means:
      'a program has "{path}" open, which was deleted; it would have to go into the checkpoint ({size} bytes) and is larger than the limit (1 MB)',
    remedy:
      'a line "ghost-limit 64M" (or as much as it needs) in /etc/criu/runc.conf on the source',
    see: [criu(491), criu(2501), criu(537)],
  },
  {
    id: 'deleted-file-linked',
    where: ['criu dump'],
    patterns: [/Can't create link remap for (?<path>[^\n]{1,200})\. Use link-remap/u],
    means: 'a program has "{path}" open, which was deleted there while another name of it remained',
    remedy: 'a line "link-remap" in /etc/criu/runc.conf on the source (runc 1.3.0: --link-remap)',
    see: [],
  },
  {
    id: 'file-locks',
    where: ['criu dump', 'criu restore'],
    patterns: [/Some file locks are hold by dumping tasks/u],
    means: 'a program holds a lock on a file, and the dump was not told that it may take it along',
    remedy:
      'dump and restore with --file-locks (docker: a line "file-locks" in /etc/criu/runc.conf)',
    see: [criu(14)],
  },
  {
    id: 'file-size',
    where: ['criu restore'],
    patterns: [
      /File (?<path>[^\n]{1,200}) has bad size (?<size>\d{1,20}) \(expect (?<wanted>\d{1,20})\)/u,
    ],
    means:
      '"{path}" is not the file that it was when the container was frozen: it has {size} bytes here, and had {wanted}',
    remedy:
      'copy volumes and the writable layer after the freeze, and use the very same image (by ID) on both hosts; do not upgrade programs in between',
    see: [criu(1258), criu(515), criu(289)],
  },
  {
    id: 'file-changed',
    where: ['criu restore'],
    patterns: [/File (?<path>[^\n]{1,200}) has bad (?:build-ID|mode 0[0-7]{1,7})/u],
    means:
      '"{path}" is not the file that it was when the container was frozen: another build, or other permissions',
    remedy:
      'use the very same image (by ID) on both hosts, and copy volumes with their permissions after the freeze',
    see: [criu(289)],
  },
  {
    id: 'file-missing',
    where: ['criu restore'],
    patterns: [/Can't open file (?<path>[^\n]{1,200}?) on restore: No such file/u],
    means: 'the container had "{path}" open, and there is no such file on the target',
    remedy:
      'copy volumes, bind mounts and the writable layer after the freeze, and use the very same image (by ID) on both hosts',
    see: [criu(1258), criu(515)],
  },
  {
    id: 'file-denied',
    where: ['criu restore', 'incus'],
    patterns: [/Can't open file (?<path>[^\n]{1,200}?) on restore: Permission denied/u],
    means:
      'the container had "{path}" open, and may not open it on the target: its owner or the mapping of users differs',
    remedy:
      'compare owner and mode on both hosts; with Incus start both daemons with INCUS_IDMAPPED_MOUNTS_DISABLE=1, or use security.privileged=true',
    see: [],
  },
  {
    id: 'terminal',
    where: ['criu dump', 'runc'],
    patterns: [
      /Can't lookup mount=\d{1,7} for fd=\d{1,7} path=\/(?:dev\/)?pts/u,
      /Found dangling tty with sid/u,
      /ctty inheritance detected/u,
      /tty: Unable to find a (?:tty driver|master)/u,
    ],
    means:
      'the container has a terminal whose other end is outside (it was started with -t, or somebody is attached)',
    remedy: 'start it without -t, end "exec -it" sessions in it before the freeze, or move it cold',
    see: [runc(1202), criu(153)],
  },
  {
    id: 'session-leader',
    where: ['criu dump'],
    patterns: [/is not a session leader\. Consider using --shell-job/u],
    means: 'the process was started from a shell and belongs to the session of that shell',
    remedy: 'start it with setsid, or dump and restore with --shell-job',
    see: [],
  },
  {
    id: 'mount-outside',
    where: ['criu dump'],
    patterns: [
      /\d:[^ ]{1,200} doesn't have a proper root mount/u,
      /has unreachable sharing\. Try --enable-external-masters/u,
    ],
    means:
      'a mount of the container comes from outside, and CRIU was not told about it (a terminal, docker.sock, a mount made later)',
    remedy:
      'declare it when the container is created (--volume), or take it out; start the container without -t',
    see: [criu(153), criu(377), criu(76)],
  },
  {
    id: 'mount-missing',
    where: ['criu restore', 'podman', 'runc', 'docker'],
    patterns: [
      /No mapping for (?<path>[^ ]{1,200}) mountpoint/u,
      /Can't mount at (?<path>[^ ]{1,200}): No such file/u,
      /bind mount source stat: stat (?<path>[^ ]{1,300}): no such file/u,
      /bind source path does not exist: (?<path>[^ ]{1,300})/u,
    ],
    means: 'the container mounts "{path}" from the host, and that is not on the target',
    remedy:
      'make it there and copy what is in it (the plan: "volumes: {PATH: sync}"), or mount it on both hosts ("shared")',
    see: [
      criu(81),
      'https://github.com/cri-o/cri-o/issues/6203',
      'https://github.com/moby/moby/issues/32227',
    ],
  },
  {
    id: 'mount-lookup',
    where: ['criu dump'],
    patterns: [/Can't lookup mount=\d{1,7} for fd=\d{1,7} path=(?<path>[^\n]{1,200})/u],
    means: 'a program has "{path}" open, which is on no mount that the container can see',
    remedy:
      'let the program close it before the freeze (a path like /name may be a POSIX message queue); a process that was put into the container from outside must end first',
    see: [criu(166)],
    rank: 'follows',
  },
  {
    id: 'mount-hidden',
    where: ['criu dump'],
    patterns: [
      /Open files on overmounted mounts are not supported/u,
      /is overmounted so paths are invisible/u,
    ],
    means: 'a program has a file open on a mount that another mount hides by now',
    remedy: 'mount volumes before the program starts, or restart the program before the move',
    see: [],
  },
  {
    id: 'mount-namespaces',
    where: ['criu dump'],
    patterns: [/Nested mount namespaces are not supported/u],
    means:
      'programs in the container have mount namespaces of their own within another user namespace (a container in the container, a sandbox)',
    remedy: 'end them before the freeze, or move the container cold',
    see: [],
  },
  {
    id: 'tmpfs',
    where: ['criu dump', 'criu restore'],
    patterns: [/Can't (?:dump|restore) tmpfs content/u],
    means:
      'the files of a tmpfs of the container could not be packed: no room for the images, or no "tar" on the host',
    remedy:
      'see that tar is installed, and that the image folder has room for everything in /dev/shm and the other tmpfs',
    see: [criu(2339)],
  },
  {
    id: 'watched-file',
    where: ['criu dump'],
    patterns: [
      /Can't find suitable path for handle/u,
      /\tCan't dump that handle|: Can't dump that handle/u,
    ],
    means: 'a program watches a file (inotify) that CRIU cannot find again',
    remedy:
      'a line "irmap-scan-path FOLDER" (the folder in the container where that file is) in /etc/criu/runc.conf on the source, or let the program stop watching before the freeze',
    see: [],
  },
  {
    id: 'shared-memory-outside',
    where: ['criu dump', 'podman'],
    patterns: [/with SysVIPC shmem map @[0-9a-f]{1,16} doesn't live in IPC ns/u],
    means: 'the container uses System V shared memory of the host',
    remedy: 'run it without --ipc=host, or move it cold',
    see: [],
  },
];
