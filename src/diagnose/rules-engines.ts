import {containerd, crio, criu, incus, moby, type Rule} from './rule.js';

/** What docker, Kubernetes and Incus say. */
export const engineRules: readonly Rule[] = [
  {
    id: 'docker-checkpoint-dir',
    where: ['docker'],
    patterns: [/custom checkpointdir is not supported/u],
    means: 'docker (since 17.12) starts from checkpoints in its own folder only',
    remedy:
      'copy the images to /var/lib/docker/containers/ID/checkpoints/NAME on the target, and start with --checkpoint NAME alone',
    see: [moby(37344), 'https://github.com/docker/cli/issues/3008', criu(492)],
  },
  {
    id: 'docker-netns',
    where: ['docker'],
    patterns: [/bind-mount \/proc\/0\/ns\/net/u],
    means:
      'this docker (26.0.0, or 28 and newer) looks for the network of a restored container before it has a process',
    remedy:
      'use docker 25.0.4 or 26.0.1 to 27, or podman; a container on the network of its host (--network host) may do',
    see: [containerd(12141), moby(38963)],
  },
  {
    id: 'docker-digest',
    where: ['docker'],
    patterns: [
      /content digest [^ ]{1,100} ?not found: unknown/u,
      /content digest [^ ]{1,100}: not found/u,
    ],
    means: 'docker 25.0.0 to 25.0.3 loses its own checkpoints',
    remedy:
      'upgrade to 25.0.4 or later (26.0.0, 28 and newer have another problem: /proc/0/ns/net)',
    see: [moby(47456), moby(47466)],
  },
  {
    id: 'docker-upload',
    where: ['docker'],
    patterns: [
      /failed to upload checkpoint to containerd: commit failed: content [^ ]{1,100} already exists/u,
    ],
    means: 'the same checkpoint was started twice, at once or shortly after each other',
    remedy: 'wait for the first start to end; try again, or make a checkpoint of another name',
    see: [moby(42900)],
  },
  {
    id: 'docker-init-pid',
    where: ['docker'],
    patterns: [/failed to retrieve OCI runtime container pid: open [^\n]{1,300}init\.pid/u],
    means: 'docker 18 cannot restore: it forgot to tell runc about the network',
    remedy: 'upgrade docker and containerd',
    see: [moby(35691), moby(41613), criu(510)],
  },
  {
    id: 'docker-experimental',
    where: ['docker'],
    patterns: [
      /checkpoint is only supported (?:in experimental mode|on a Docker daemon with experimental)/u,
    ],
    means: 'checkpoints are an experimental feature of docker, and those are switched off',
    remedy: 'put {"experimental": true} into /etc/docker/daemon.json and restart the daemon',
    see: [],
  },
  {
    id: 'docker-checkpoint-exists',
    where: ['docker'],
    patterns: [/checkpoint with name (?<name>[^ ]{1,100}) already exists for container/u],
    means: 'the container has a checkpoint "{name}" already',
    remedy: 'choose another name, or remove it: docker checkpoint rm CONTAINER {name}',
    see: [],
  },
  {
    id: 'docker-checkpoint-name',
    where: ['docker'],
    patterns: [/[Ii]nvalid checkpoint ID/u],
    means: 'the name of a checkpoint may have letters, digits, "_", "." and "-" only',
    remedy: 'choose another name',
    see: [],
  },
  {
    id: 'docker-daemon',
    where: ['docker'],
    patterns: [
      /Cannot connect to the Docker daemon at (?<socket>[^ ]{1,200})/u,
      /Is the docker daemon running\?/u,
    ],
    means: 'docker does not answer on this host',
    remedy: 'start it (systemctl start docker), and see that the user may use its socket',
    see: [],
  },
  {
    id: 'stdio-gone',
    where: ['docker'],
    patterns: [
      /(?:copy stream|copying stream|stdio)[^\n]{0,80}(?:closed fifo|fifo closed)/iu,
      /reading from a closed fifo/u,
    ],
    means: 'the output of the restored container leads nowhere: its pipe to containerd was closed',
    remedy:
      'restore into a new container in place of the old one; it is an open problem of containerd',
    see: [criu(2325)],
  },
  {
    id: 'kubelet-off',
    where: ['kubelet'],
    patterns: [
      /unknown method CheckpointContainer/u,
      /checkpoint\/restore support not available/u,
      /[Cc]heckpoint(?:ing)? containers? (?:is )?(?:not enabled|disabled)/u,
    ],
    means:
      'the kubelet may make checkpoints, but the container runtime beneath it cannot, or has it switched off',
    remedy:
      'CRI-O: enable_criu_support = true (from 1.25); containerd 2.0 or newer; feature gate ContainerCheckpoint before Kubernetes 1.30',
    see: ['https://github.com/kubernetes/kubernetes/issues/113621', criu(2563)],
  },
  {
    id: 'kubelet-restore-off',
    where: ['kubelet'],
    patterns: [
      /enable_experimental_restore_via_create/u,
      /restor(?:e|ing)[^\n]{0,60}(?:is )?disabled by default/iu,
    ],
    means:
      'containerd from 2.2 on does not restore when a container is created (a security fix; gone altogether in 2.4)',
    remedy: 'restore with CRI-O, or outside of Kubernetes with podman',
    see: ['https://github.com/containerd/containerd/pull/13871'],
  },
  {
    id: 'kubelet-hook',
    where: ['kubelet'],
    patterns: [/error running hook #\d{1,3}[^\n]{0,200}nvidia-container-cli/u],
    means:
      'a hook of the runtime (NVIDIA) wants to prepare a container that is restored, and cannot',
    remedy: 'restore on a node without that hook',
    see: [crio(7632)],
  },
  {
    id: 'incus-stateful',
    where: ['incus'],
    patterns: [
      /migration\.stateful (?:be|is|must be|to be) ?(?:set )?(?:to )?true/u,
      /requires? that the instance has migration\.stateful/iu,
    ],
    means: 'the instance was not declared to be movable with its memory',
    remedy: 'incus config set NAME migration.stateful=true',
    see: [incus(682)],
  },
  {
    id: 'incus-console',
    where: ['incus'],
    patterns: [/lxc\.console\.path configured on source host but not target/u],
    means: 'the console of the container cannot be restored by liblxc',
    remedy:
      'before it is started: printf "lxc.console.path = none" | incus config set NAME raw.lxc -',
    see: [incus(2186), 'https://github.com/canonical/lxd/issues/9396'],
  },
  {
    id: 'incus-migrating',
    where: ['incus'],
    patterns: [/The instance is already being migrated/u],
    means: 'another move of this instance is under way, or hangs',
    remedy: 'see "incus operation list", and wait for it or cancel it there',
    see: [],
  },
  {
    id: 'incus-stopped-source',
    where: ['incus'],
    patterns: [/Failed to delete original instance after copying it/u],
    means:
      'the live move ended badly: the restore failed, and its source is stopped; the memory is lost, the files are on both sides',
    remedy:
      'start it on the source, and move it in two phases the next time: stop --stateful, copy, start',
    see: [incus(682)],
  },
  {
    id: 'pipe-size',
    where: ['incus', 'criu restore'],
    patterns: [/Can't restore pipe size: Operation not permitted/u],
    means: 'a pipe of the container is larger than users may make one on this host',
    remedy:
      'sysctl fs.pipe-max-size and fs.pipe-user-pages-soft: at least as much as on the source',
    see: ['https://github.com/canonical/lxd/issues/2153'],
  },
];
