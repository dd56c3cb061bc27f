/** What a container holds that cannot go along, found in its processes and mounts. */
export type BlockerCode =
  /** A kernel object behind a file descriptor that CRIU has no image for; `what`: its name. */
  | 'kernel-object'
  | 'debugger'
  /** Root of its host lacks CAP_SYS_RESOURCE; `what`: the number of the user. */
  | 'other-user'
  /** `what`: the device's path. */
  | 'device-open'
  /** `what`: the bind mount's source. */
  | 'bind-missing'
  | 'bind-socket'
  | 'bind-device'
  | 'bind-pipe'
  /** `what`: the program that `exec` started. */
  | 'exec'
  | 'mptcp'
  | 'vsock'
  | 'ping-socket'
  /** `what`: how many. */
  | 'ipv6-connection'
  | 'unix-socket-outside'
  /** `what`: the queue's name. */
  | 'posix-queue'
  /** `what`: the file's name and its size in MiB. */
  | 'deleted-file-large'
  /** `what`: the name that is gone. */
  | 'deleted-name'
  /** `what`: the kind of the namespace. */
  | 'nested-namespace'
  | 'watched-file'
  /** Made in its own network: `what` it is. */
  | 'network-inside'
  /** Only of bundles: `what` is what standard input or output leads to. */
  | 'stdio'
  /** Only of bundles: `what` is the network file system. */
  | 'bundle-shared'
  | 'rootfs-mounted';

export interface Blocker {
  readonly code: BlockerCode;
  readonly what: string;
}
