import type {Blocker} from './criu/blocker.js';

/** What engines tell about hosts and containers, in words that all engines share. Sizes are bytes. */

import type {HostUsage} from './host/usage.js';

export type {
  FilesOwner,
  HostUsage,
  LandingFiles,
  LeftBehind,
  Tenant,
  TenantMount,
  UnreadableVolume,
  VolumeFacts,
} from './host/usage.js';

export type ContainerState =
  | 'running'
  | 'paused'
  /** Exists and never ran. */
  | 'created'
  /** Ended or was stopped; its memory is gone. */
  | 'stopped'
  /** Stopped with its memory in a checkpoint that its own host can restore. */
  | 'checkpointed';

export interface Address {
  readonly network: string;
  readonly ip?: string;
  readonly mac?: string;
  /** Asked for when the container was made, so it must be the same on the target. */
  readonly fixed: boolean;
}

export interface Port {
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
}

/** What a container is asked to end with, and how long its engine waits until it kills it. */
export interface StopSettings {
  /** 1 to 64. */
  readonly signal: number;
  readonly timeoutMs: number;
}

export interface Mount {
  readonly kind: 'volume' | 'bind' | 'tmpfs';
  /** The volume's name; for the others the destination. */
  readonly name: string;
  /** Where it is on the host. */
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
}

/** One container as its engine describes it. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly state: ContainerState;
  /** Process id of its first process on the host; 0 when none runs. */
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** It runs because it was restored, and not started fresh. */
  readonly restored: boolean;
  readonly image: {readonly id: string; readonly name: string};
  /** `no`, `always`, `on-failure:3`, … as the engine writes it. */
  readonly restartPolicy: string;
  readonly addresses: readonly Address[];
  readonly ports: readonly Port[];
  readonly mounts: readonly Mount[];
  readonly tty: boolean;
  /** Device nodes of the host that it was given. */
  readonly devices: readonly string[];
  readonly privileged: boolean;
  /** Removed by the engine as soon as it ends (`--rm`). */
  readonly autoRemove: boolean;
  readonly userNamespace: boolean;
  /** Absent where its engine has no setting for it. */
  readonly stop?: StopSettings;
  readonly pod?: string;
  /** Another container whose namespaces it uses. */
  readonly joins?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Folder of what it changed in its root filesystem, where the storage driver has one. */
  readonly upperDir?: string;
  /** The engine's own description, for the engine's driver alone. */
  readonly raw: unknown;
}

/** What makes a container be in the way of others. */
export type KnownPart = Pick<ObservedContainer, 'id' | 'name' | 'state' | 'addresses' | 'ports'>;

/** A container that is there and whose description is not believed. Nothing is done with it. */
export interface UnreadableContainer extends KnownPart {
  readonly reason: string;
}

/** The first, cheap look at a host: who lives there. */
export interface EngineLook {
  readonly version: string;
  /** Those that were asked for and exist. */
  readonly containers: readonly ObservedContainer[];
  /** The same, where their description cannot be read. */
  readonly unreadable?: readonly UnreadableContainer[];
}

export interface CriuFacts {
  /** `4.2.1` */
  readonly version: string;
  /** Soft-dirty tracking works, so pre-dump does. */
  readonly memoryTracking: boolean;
  /** What `criu check` complained of; empty when it looks good. */
  readonly complaints: readonly string[];
}

/** What one container needs and holds, measured on its source. */
export interface Weight {
  readonly container: string;
  /** Resident memory of all of its processes. */
  readonly memory: number;
  readonly processes: number;
  /** TCP connections that are open right now. */
  readonly established: number;
  /** Size of what it changed in its root filesystem. */
  readonly rootfs: number;
  /** By mount name: size of the content. */
  readonly mounts: Readonly<Record<string, number>>;
  /** The first files that not even root can change or remove (`chattr +i`, `+a`), of its root filesystem and by mount name. */
  readonly fixed?: {
    readonly rootfs: readonly string[];
    readonly mounts: Readonly<Record<string, readonly string[]>>;
  };
  /** Things that cannot go along, found in its processes and mounts. */
  readonly blockers: readonly Blocker[];
  /** Settings of its network that differ from those of a new one, by path below `/proc/sys`. */
  readonly networkSettings?: Readonly<Record<string, string>>;
  /** Its first process handles the signal that it is asked to end with; absent where that is not known. */
  readonly heedsStop?: boolean;
  /** File locks (flock, posix) are held. */
  readonly locks: boolean;
  /** Files that a program holds a POSIX lock on and has mapped, which no restore by CRIU keeps. */
  readonly mappedLocks?: readonly string[];
  /** IPv4 groups that its network has joined, which no restore by CRIU keeps. */
  readonly multicast?: readonly string[];
}

/** What stands on a host where a mount's content is, or would go. `landingOf` finds that of a mount. */
export interface Landing {
  /** Mount name, as in `Mount`. */
  readonly name: string;
  readonly mount: 'volume' | 'bind';
  /** `source` of the mount, as the host that it comes from describes it. */
  readonly source: string;
  readonly exists: boolean;
  /** Absent when nothing is there; `other`: a socket, a device, … */
  readonly kind?: 'folder' | 'file' | 'other';
  readonly empty: boolean;
}

/** A service of systemd that starts or stops containers. */
export interface ServiceUnit {
  readonly name: string;
  readonly active: boolean;
  /** Started at boot. */
  readonly enabled: boolean;
  /** As systemd says it: `no`, `always`, `on-failure`, … */
  readonly restart: string;
  /** The command lines, each as one text. */
  readonly starts: readonly string[];
  readonly stops: readonly string[];
}

/** A range of addresses that a network gives from. */
export interface NetworkPool {
  readonly subnet: string;
  readonly gateway?: string;
  /** As the engine takes it: a smaller subnet, or `FIRST-LAST`. */
  readonly range?: string;
}

/** The second, closer look: only at hosts that take part in a change. */
export interface HostSurvey {
  readonly runtime: string;
  readonly runtimeVersion: string;
  readonly storageDriver: string;
  readonly rootless: boolean;
  readonly networkBackend: string;
  readonly criu?: CriuFacts;
  /** For runtimes that load CRIU as a library. */
  readonly libcriu: boolean;
  readonly kernel: string;
  readonly architecture: string;
  readonly cpuModel: string;
  readonly cpuFlags: readonly string[];
  readonly cgroups: 'v1' | 'v2' | 'hybrid';
  /** Memory that can still be had (`MemAvailable`). */
  readonly memoryFree: number;
  /** Free in the memory file system that checkpoints pass through. */
  readonly scratchFree: number;
  /** Free where the engine keeps images, containers and volumes. */
  readonly storeFree: number;
  /** Programs that `cm` needs and that are there: `rsync`, `flock`, `ssh`, … */
  readonly programs: readonly string[];
  readonly networks: readonly {
    readonly name: string;
    readonly driver: string;
    readonly subnets: readonly string[];
    readonly pools?: readonly NetworkPool[];
    readonly internal?: boolean;
    readonly ipv6?: boolean;
    /** The engine answers names in it. */
    readonly dns?: boolean;
    /** Of its driver: `mtu`, `parent`, … */
    readonly options?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  }[];
  readonly images: readonly {
    readonly id: string;
    readonly names: readonly string[];
    /** Bytes. */
    readonly size?: number;
  }[];
  /** Everybody who lives there, briefly. */
  readonly neighbours: readonly {
    readonly id: string;
    readonly name: string;
    readonly running: boolean;
    readonly addresses: readonly string[];
    readonly ports: readonly {
      readonly port: number;
      readonly protocol: string;
      readonly ip?: string;
    }[];
  }[];
  /** Ports that any program of the host listens on. */
  readonly listening: readonly {
    readonly port: number;
    readonly protocol: string;
    readonly ip?: string;
  }[];
  /** The host's own addresses; absent where they were not asked for. */
  readonly addresses?: readonly string[];
  readonly units: readonly ServiceUnit[];
  readonly weights: readonly Weight[];
  readonly landings: readonly Landing[];
  /** Sources of bind mounts that were asked for and are symbolic links; `init` where the engine's own first process is one. */
  readonly links?: readonly string[];
  /** Absent: it was not asked. */
  readonly usage?: HostUsage;
  /** The engine's own description, for the engine's driver alone. */
  readonly raw?: unknown;
}
