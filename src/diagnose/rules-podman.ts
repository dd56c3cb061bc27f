import {criu, crun, incus, podman, type Rule} from './rule.js';

/** What podman and the runtimes beneath it refuse by themselves. Without a source: seen with podman 5.4.2. */
export const podmanRules: readonly Rule[] = [
  {
    id: 'volume-archive-missing',
    where: ['podman'],
    patterns: [/failed to open volume file (?<path>[^ ]{1,300}\.tar)/u],
    means:
      'the checkpoint was made without the content of its volumes, and the restore looks for it in the archive',
    remedy: 'restore with --ignore-volumes, after the volumes were copied',
    see: [],
  },
  {
    id: 'volume-exists',
    where: ['podman'],
    patterns: [/volume with name (?<name>[^ ]{1,200}) already exists\. Use --ignore-volumes/u],
    means:
      'the volume "{name}" is on the target already, and podman would make it from the archive',
    remedy:
      'restore with --ignore-volumes when its content was copied; or remove it: podman volume rm {name}',
    see: ['https://docs.podman.io/en/latest/markdown/podman-container-restore.1.html'],
  },
  {
    id: 'id-in-use',
    where: ['podman'],
    patterns: [/creating container storage: that ID is already in use/u],
    means: 'a container of the same ID is on this host already, perhaps left by an earlier restore',
    remedy:
      'see "podman ps --all"; remove what was left over there (podman rm -f) before the next try, never the one that runs',
    see: [],
  },
  {
    id: 'quarantined',
    where: ['podman', 'docker', 'runc'],
    patterns: [/cm is moving this container, and it must not be started here/u],
    means:
      'cm is moving this container to another host, or was interrupted in that: a fresh one here would be the second',
    remedy:
      'leave it, and see "cm status"; "cm apply" with its plan ends the move, and so does "cm resume"',
    see: [],
    hides: ['state-exists'],
  },
  {
    id: 'state-exists',
    where: ['podman', 'docker', 'runc', 'crun'],
    patterns: [
      /container with given ID already exists/u,
      /container `(?<id>[^`]{1,100})` already exists/u,
    ],
    means:
      'the runtime has a folder for a container of this ID: cm keeps it from being started while it moves it, or a runtime that was killed has left the folder',
    remedy:
      'see "grep cm-quarantine /proc/mounts": where it is listed, "cm apply" with its plan ends the move; where it is not and nothing of it runs, remove the folder of its ID below /run/runc, /run/crun or /run/docker',
    see: [],
  },
  {
    id: 'restore-folder-left',
    where: ['crun'],
    patterns: [/error creating restore directory `(?<path>[^`]{1,300})`: File exists/u],
    means: 'a restore that was killed has left the root filesystem mounted within the bundle',
    remedy: 'umount {path}, then rmdir {path}; "cm apply" does that by itself',
    see: [],
  },
  {
    id: 'name-in-use',
    where: ['podman', 'docker'],
    patterns: [
      /the container name "(?<name>[^"]{1,200})" is already in use/u,
      /The container name "\/?(?<name>[^"]{1,200})" is already in use by container/u,
    ],
    means: 'a container called "{name}" is on this host already',
    remedy: 'see what it is ("podman ps --all" or "docker ps --all"), and rename or remove it',
    see: [],
  },
  {
    id: 'ip-in-use',
    where: ['podman', 'docker'],
    patterns: [
      /requested ip address (?<ip>[0-9a-fA-F.:]{2,45}) is already allocated/u,
      /IP address (?<ip>[0-9a-fA-F.:]{2,45}) (?:is )?already (?:allocated|in use)/iu,
      /Address already in use \(os error 98\)/u,
    ],
    means:
      'the address of the container (IP or MAC) is in use there, often by a container that an earlier try left; or, where the ID is its own, podman could not write down that it is free again when it stopped (a full /run)',
    remedy:
      'remove what was left over (podman ps --all); or let it have another one: --ignore-static-ip --ignore-static-mac (which ends its connections); of its own ID: where nothing runs there, remove /run/containers/networks/ipam.db and start it again, or else restart the host',
    see: [podman(3690), podman(12762)],
  },
  {
    id: 'ip-no-subnet',
    where: ['podman'],
    patterns: [
      /requested static ip (?<ip>[0-9a-fA-F.:]{2,45})? ?not in any subnet on network (?<network>[^ ]{1,100})/u,
    ],
    means:
      'the network "{network}" of the target has no subnet that holds the address of the container',
    remedy:
      'make the network there with the same subnet, or restore with --ignore-static-ip (which ends its connections)',
    see: [podman(12762)],
  },
  {
    id: 'network-missing',
    where: ['podman', 'docker'],
    patterns: [
      /unable to find network with name or ID (?<network>[^ :]{1,100})/u,
      /network (?<network>[^ :]{1,100}) not found/u,
    ],
    means: 'the network "{network}" of the container is not on the target',
    remedy: 'make it there, with the same driver, subnet and parent device',
    see: [],
  },
  {
    id: 'image-unknown',
    where: ['podman'],
    patterns: [/locating image with ID "?[0-9a-f]{12,64}/u, /: image not known/u],
    means:
      'the image of the container is not on the target: one of the same name may be, but has another ID',
    remedy: 'copy it by its ID, which stays the same: podman save IMAGE | ssh TARGET podman load',
    see: [],
  },
  {
    id: 'image-pull',
    where: ['podman', 'docker'],
    patterns: [
      /pinging container registry (?<registry>[^ ]{1,200})/u,
      /initializing source docker:\/\/(?<registry>[^ ]{1,200})/u,
    ],
    means:
      'the image of the container is not on the target, and cannot be pulled from "{registry}"',
    remedy: 'copy it from the source: podman save IMAGE | ssh TARGET podman load',
    see: [],
  },
  {
    id: 'export-dependencies',
    where: ['podman'],
    patterns: [/cannot export checkpoints of containers with dependencies/u],
    means: 'the container shares the network or other namespaces of another container',
    remedy: 'give it a network of its own, or move both cold',
    see: [],
  },
  {
    id: 'auto-remove',
    where: ['podman'],
    patterns: [/cannot checkpoint containers that have been started with '--rm'/u],
    means: 'the container is removed as soon as it stops, and its checkpoint with it',
    remedy: 'run it without --rm, or write the checkpoint to a file: --export',
    see: [],
  },
  {
    id: 'not-running',
    where: ['podman', 'runc'],
    patterns: [
      /"?(?<state>exited|paused|created|configured|stopped)"? is not running, cannot checkpoint/u,
      /[Cc]ontainer cannot be checkpointed in (?<state>[a-z]{1,20}) state/u,
    ],
    means: 'the container is {state}; only one that runs can be frozen',
    remedy: 'start (or unpause) it first, or move it cold',
    see: [],
  },
  {
    id: 'already-running',
    where: ['podman'],
    patterns: [/is running or paused, cannot restore/u],
    means:
      'the container runs already: perhaps its restart policy started it anew, without its memory',
    remedy:
      'see with "podman inspect" when it started; switch the policy off before a checkpoint: podman update --restart no NAME',
    see: [],
  },
  {
    id: 'userns-network',
    where: ['podman'],
    patterns: [/complete network setup: failed to bind mount ns at/u],
    means:
      'podman cannot restore a container that has both a user namespace of its own and a network',
    remedy: 'move it cold, or run it without --userns',
    see: [],
  },
  {
    id: 'runtime-cannot',
    where: ['podman', 'crun'],
    patterns: [
      /configured runtime does not support checkpoint\/restore/u,
      /unknown command checkpoint/u,
    ],
    means: 'the runtime of the container was built without CRIU',
    remedy:
      'run it with another one (podman --runtime runc …), or install a crun that says +CRIU in "crun --version"',
    see: [criu(2317), crun(1337), podman(19506)],
  },
  {
    id: 'libcriu',
    where: ['crun', 'podman'],
    patterns: [/could not load .?libcriu\.so/u, /error while loading shared libraries: libcriu/u],
    means: 'crun does not find the library of CRIU',
    remedy: 'install it on both hosts (Debian: libcriu2; Fedora: criu-libs), or use runc',
    see: [criu(2418), 'https://github.com/cri-o/cri-o/issues/8518'],
  },
  {
    id: 'criu-missing',
    where: ['podman', 'runc', 'docker', 'incus', 'kubelet'],
    patterns: [
      /exec: "?criu"?: executable file not found/u,
      /criu binary not found/u,
      /CRIU isn't installed/u,
      /checkpoint\/restore requires (?:at least )?CRIU/iu,
      /criu: (?:command )?not found/u,
      /CRIU version check failed/u,
    ],
    means: 'CRIU is not on this host, or cannot be started by the engine',
    remedy:
      'install it (apt install criu, dnf install criu) on source and target, and see "criu check" there',
    see: [criu(507), criu(828), incus(682)],
  },
  {
    id: 'criu-failed',
    where: ['podman', 'runc', 'crun', 'docker', 'kubelet'],
    patterns: [
      /criu failed: type [A-Z_]{1,20} errno \d{1,3}(?:(?:\\n|\s)log file: (?<log>[^ "]{1,300}))?(?: path= ?(?<path>[^ ":]{1,300}))?/u,
      /CRIU (?:checkpointing|restoring) failed -\d{1,3}/u,
      /^log file: (?<log>[^ "]{1,300})/u,
    ],
    means: 'CRIU failed; why stands in its own log, on the host where it ran',
    remedy:
      'diagnose that log: dump.log or restore.log in the folder that is named there (runc: --work-path; podman: …/userdata; docker: /run/containerd/io.containerd.runtime.v2.task/moby/ID)',
    see: [criu(874), criu(1118)],
    rank: 'wraps',
  },
];
