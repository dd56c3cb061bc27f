import {script, type Command} from '../base/command.js';

/** Something to ask a host, and the file that the answer goes into. */
export interface HostQuestion {
  readonly file: string;
  readonly command: Command;
  /** The answer is what an engine says of a container, as JSON. */
  readonly inspect?: true;
}

/** No answer is waited for longer, ms; `criu check --all` takes half a second. */
const PATIENCE = 20_000;

/** Of an answer, bytes; of a longer one the first quarter and the end. */
const MOST = 1024 * 1024;

const head = `try() { command -v "$1" >/dev/null 2>&1 || return 0; echo "\\$ $*"; "$@" 2>&1 || echo "(exit $?)"; }
show() {
  for file do
    [ -f "$file" ] && [ -r "$file" ] || continue
    echo "==> $file"
    if [ "$(wc -c < "$file")" -gt ${MOST} ]; then
      head -c ${MOST / 4} < "$file"; echo; echo '(…)'; tail -c ${(MOST / 4) * 3} < "$file"
    else cat < "$file"; fi
    echo
  done 2>/dev/null
}`;

const question = (file: string, text: string, ...values: readonly string[]): HostQuestion => ({
  file: `${file}.txt`,
  command: {...script(`see ${file}`, `${head}\n${text}`, ...values), timeoutMs: PATIENCE},
});

const configs =
  'CHECKPOINT_RESTORE|MEM_SOFT_DIRTY|USERFAULTFD|NAMESPACES|_NS=|_DIAG|EVENTFD|EPOLL|INOTIFY_USER|FHANDLE|IO_URING|IA32|NETFILTER_XT_MARK|NF_TABLES|CGROUP|MEMCG|CPUSETS|SECCOMP|RSEQ|OVERLAY_FS|MACVLAN|IPVLAN|VETH|TUN';

/** What every maintainer asks for first. All of it only reads. */
export const hostQuestions: readonly HostQuestion[] = [
  question('os', 'show /etc/os-release; try uname -a; try uptime; try nproc'),
  question('memory-and-disks', 'try free -m; try df -h; try df -i; show /proc/meminfo'),
  question(
    'cpu',
    `grep -m 1 -E '^model name' /proc/cpuinfo; grep -m 1 -E '^(flags|Features)' /proc/cpuinfo`,
  ),
  question(
    'kernel-config',
    `kernel=$(uname -r)
if [ -r /proc/config.gz ]; then zcat /proc/config.gz; else cat "/boot/config-$kernel" "/lib/modules/$kernel/config" 2>/dev/null || :; fi | grep -E '${configs}' || echo 'the kernel does not tell its configuration'`,
  ),
  question(
    'kernel-settings',
    `for name in kernel/yama/ptrace_scope kernel/io_uring_disabled kernel/pid_max kernel/unprivileged_userns_clone vm/unprivileged_userfaultfd vm/overcommit_memory fs/pipe-max-size fs/inotify/max_user_watches net/ipv4/tcp_mem; do
  if [ -r "/proc/sys/$name" ]; then echo "$name = $(cat "/proc/sys/$name")"; fi
done
show /sys/kernel/security/lsm; try getenforce; show /proc/modules`,
  ),
  question('mounts', 'cat /proc/self/mountinfo'),
  question(
    'cgroup',
    'cat /proc/self/cgroup; try stat -f -c %T /sys/fs/cgroup; show /sys/fs/cgroup/cgroup.controllers /sys/fs/cgroup/cgroup.subtree_control /proc/cgroups',
  ),
  question(
    'network',
    'try ip -brief address; try ip route; try nft list tables; try iptables --version',
  ),
  question('dmesg', 'dmesg 2>&1 | tail -n 500'),
  question('criu', 'try criu --version; try criu check --all; show /etc/criu/*.conf'),
  question(
    'runtimes',
    'try runc --version; try crun --version; try conmon --version; try rsync --version; try tar --version',
  ),
  question(
    'podman',
    'try podman version; try podman info; try podman ps --all --no-trunc; try podman network ls',
  ),
  question(
    'docker',
    'try docker version; try docker info; try docker ps --all --no-trunc; try containerd --version; show /etc/docker/daemon.json',
  ),
  question(
    'cm',
    `for folder in /run/cm /var/lib/cm; do
  if [ -d "$folder" ]; then find "$folder" -maxdepth 5 -ls 2>&1; fi
done
show /var/lib/cm/moves/*.json
find /run/cm -maxdepth 5 -type f \\( -name '*.log' -o -name errors -o -name stats -o -name sizes \\) 2>/dev/null | while IFS= read -r file; do show "$file"; done`,
  ),
];

/** By an engine's own command; nothing where there is no such engine or container. */
const inspect = (engine: 'podman' | 'docker', name: string): HostQuestion => ({
  file: `${engine}-inspect.json`,
  inspect: true,
  command: {
    ...script(
      `${engine} container inspect ${name}`,
      `${head}\ncommand -v ${engine} >/dev/null 2>&1 || exit 0\n${engine} container inspect -- "$1" 2>/dev/null || :`,
      name,
    ),
    timeoutMs: PATIENCE,
  },
});

/** What is to be known of one container; the memory itself is never looked at, only the sizes of its images. */
export const containerQuestions = (name: string): readonly HostQuestion[] => [
  inspect('podman', name),
  inspect('docker', name),
  question(
    'criu-logs',
    `bundle=$(podman container inspect --format '{{.StaticDir}}' -- "$1" 2>/dev/null || :)
if [ -n "$bundle" ]; then
  try ls -lan "$bundle" "$bundle/checkpoint/"
  show "$bundle/dump.log" "$bundle/restore.log"
fi
id=$(docker container inspect --format '{{.Id}}' -- "$1" 2>/dev/null || :)
if [ -n "$id" ]; then
  task=/run/containerd/io.containerd.runtime.v2.task/moby/$id
  try ls -lan "$task" "$task/work" "/var/lib/docker/containers/$id/checkpoints"
  show "$task/criu-dump.log" "$task/work/restore.log" "$task/work/dump.log"
fi`,
    name,
  ),
];
