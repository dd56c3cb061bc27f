/**
 * A program that runs OCI bundles by itself, where it keeps what it knows of them, and what it does otherwise than the
 * others. The driver (`runc-*.ts`, for runc came first) is one for all of them.
 */
export interface BundleRuntime {
  /** Its program, and the engine's name in plans. */
  readonly name: 'runc' | 'crun';
  /** Has a folder for each container that it knows, by its name. */
  readonly stateFolder: string;
  /** The file in such a folder that tells of the container. */
  readonly record: string;
  /** What stands in that file before its values. */
  readonly keys: Readonly<Record<'bundle' | 'systemd' | 'born' | 'pid' | 'group', string>>;
  /** Starts hooks of `config.json` when it restores: those that make networks. */
  readonly restoresHooks: boolean;
  /** Variables given to `exec` are added to the container's own; otherwise they take their place. */
  readonly execAdds: boolean;
  /** Shell text about `$name` and `$bundle`: what a start or restore that failed has left, and that stands in the way of the next. */
  readonly tidy: string;
}

/** 1.1 or newer. */
export const runcRuntime: BundleRuntime = {
  name: 'runc',
  stateFolder: '/run/runc',
  record: 'state.json',
  keys: {
    bundle: '"bundle=',
    systemd: 'Systemd',
    born: 'init_process_start',
    pid: 'init_process_pid',
    group: '"cgroup_paths":{"":"/sys/fs/cgroup',
  },
  restoresHooks: true,
  execAdds: true,
  tidy: '',
};

/**
 * 1.21, with libcriu. A restore that fails leaves a folder without its record, of which no list tells and
 * after which the name is taken ("already exists"); one that is killed leaves the bundle mounted within itself.
 */
export const crunRuntime: BundleRuntime = {
  name: 'crun',
  stateFolder: '/run/crun',
  record: 'status',
  keys: {
    bundle: '"bundle": "',
    systemd: 'systemd-cgroup',
    born: 'process-start-time',
    pid: 'pid',
    group: '"cgroup-path": "',
  },
  restoresHooks: false,
  execAdds: false,
  tidy: `if [ -d "/run/crun/$name" ] && [ ! -e "/run/crun/$name/status" ]; then crun delete --force "$name"; fi
if [ -d "$bundle/criu-root" ]; then
  umount "$bundle/criu-root" 2>/dev/null || :
  rmdir -- "$bundle/criu-root" 2>/dev/null || :
fi`,
};
