import type {JsonRecord} from '../base/json.js';
import type {HostSurvey, ObservedContainer} from './facts.js';

/** A network, and what was asked of it. The engine's own default network is called ''. */
export interface JoinedNetwork {
  readonly network: string;
  readonly ips: readonly string[];
  readonly mac: string;
  readonly aliases: readonly string[];
}

/** A volume, by its name, or a folder of the host. */
export interface BoundMount {
  readonly kind: 'volume' | 'bind';
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
  readonly propagation: string;
}

/**
 * What a container is, as far as podman and docker both know it, in the words of docker's API: podman
 * describes its containers in the same ones. What is as the engine has it by itself reads as nothing.
 */
export interface CommonSettings {
  readonly config: JsonRecord;
  readonly host: JsonRecord;
  readonly networks: readonly JoinedNetwork[];
  readonly mounts: readonly BoundMount[];
  /** All that its processes can ever have, as `NET_RAW`; absent where it has those of its engine by itself. */
  readonly capabilities?: readonly string[];
}

/** One end of a move. */
export interface End {
  readonly survey: HostSurvey;
  readonly version: string;
}

/** How an engine says the common settings. */
export interface Dialect {
  /** Its own default network. */
  readonly network: string;
  /** The storage driver that its cold moves ask for. */
  readonly storageDriver: string;
  read(raw: unknown, end: End): CommonSettings;
  /** What a container was given that the other engine does not have, or not so, for people. */
  foreign(raw: unknown): readonly string[];
  /** As this engine would describe such a container, for its own rules and commands. */
  describe(settings: CommonSettings, container: ObservedContainer): JsonRecord;
}
