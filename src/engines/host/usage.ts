/** A container of any engine of a host, running or not, and the files of the host that it has. */
export interface Tenant {
  readonly engine: string;
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  readonly mounts: readonly TenantMount[];
}

export interface TenantMount {
  /** Absent: a folder of the host. */
  readonly volume?: string;
  /** On the host, without symbolic links. */
  readonly path: string;
  readonly readOnly: boolean;
}

/** The files that lie where a mount's content would go. */
export interface LandingFiles {
  readonly mount: 'volume' | 'bind';
  /** The volume's name, or the folder that was asked for. */
  readonly value: string;
  /** Without symbolic links. */
  readonly path: string;
  /** The links lead back to themselves. */
  readonly endless?: true;
  /** Absent where they could not be counted in time. */
  readonly files?: number;
  readonly bytes?: number;
  /** Files that have another name outside of the folder. */
  readonly linkedOutside: number;
  /** What was written down when a container left these files behind, compared with what is there now. */
  readonly leftBehind?: LeftBehind;
  /** A move has begun to copy into this very folder, and nobody has written down how it ended. */
  readonly arriving?: FilesOwner;
}

/** Whose files are: a name alone tells nothing, since another container may have it by now. */
export interface FilesOwner {
  readonly run: string;
  readonly container: string;
  /** The ID that the container had before its first move. */
  readonly lineage: string;
}

export interface LeftBehind extends FilesOwner {
  readonly changed: number;
  /** Some of the paths that differ. */
  readonly examples: readonly string[];
}

/** A volume as its engine describes it. */
export interface VolumeFacts {
  readonly name: string;
  readonly driver: string;
  /** Of the driver: what is mounted when a container has the volume. Values may be secret. */
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** What the folder of the host is that the volume mounts. */
  readonly device?: {readonly exists: boolean; readonly empty: boolean};
}

/** A volume that is there and whose description cannot be read: nothing is done with containers that have it. */
export interface UnreadableVolume {
  readonly name: string;
  readonly reason: string;
}

/** Who uses which files of a host, whatever its engine. */
export interface HostUsage {
  /** Folders in which engines keep their own things, also without symbolic links. */
  readonly engineFolders: readonly string[];
  /** Places of the host that are, or lie behind, symbolic links: `/var/run` is really `/run`. */
  readonly aliases?: readonly {readonly path: string; readonly real: string}[];
  readonly tenants: readonly Tenant[];
  readonly landings: readonly LandingFiles[];
  /** Folders that were asked for, and of which the host does not tell where they lead. */
  readonly unplaced?: readonly string[];
  /** Those that were asked for and exist. */
  readonly volumes: readonly VolumeFacts[];
  /** The same, where their description cannot be read. */
  readonly unreadableVolumes?: readonly UnreadableVolume[];
}
