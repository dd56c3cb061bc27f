import {
  absolutePath,
  containerId,
  line,
  orNone,
  restartPolicyForm,
  shownValue,
} from '../../base/host-words.js';
import {err, ok, type Result} from '../../base/result.js';
import {parseJson} from '../../base/parse-json.js';
import type {ContainerName, HostName} from '../../plan/plan.js';
import {encodeName, KEPT_FOLDER} from './host-files.js';
import {
  date,
  flag,
  isObject,
  list,
  ofForm,
  one,
  shape,
  text,
  wrongKey,
  type Check,
  type Shape,
} from '../shape.js';

/** One file of a kept checkpoint. */
export interface KeptFile {
  /** Within the checkpoint's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Lowercase hexadecimal. */
  readonly sha256: string;
}

/** The content of a volume, of a mounted folder or of the writable layer, as it was at the freeze. */
export interface KeptFolder {
  /** Its name on a link, and its place within the checkpoint's folder: `rootfs`, `v0`, `v1`, … */
  readonly key: string;
  readonly kind: 'rootfs' | 'volume' | 'bind';
  /** As the mount's; `rootfs` for the writable layer. */
  readonly name: string;
  readonly destination: string;
  readonly bytes: number;
}

export interface KeptProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

export interface KeptSocket {
  /** `tcp`, `tcp6`, `udp`, `unix`, … */
  readonly protocol: string;
  readonly state: string;
  readonly local: string;
  readonly remote?: string;
}

export interface KeptMount {
  readonly kind: 'volume' | 'bind' | 'tmpfs';
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
}

/** Who made it, when and why. */
export interface KeptOrigin {
  readonly host: HostName;
  /** ISO 8601, the runner's clock. */
  readonly at: string;
  readonly run: string;
  readonly plan: string;
  readonly why: 'asked' | 'every' | 'parked' | 'before-restore';
  /** A person's words, where there are any. */
  readonly note?: string;
  /** The container went on after it; of a parked one it did not. */
  readonly running: boolean;
  /** From freeze to service; absent where it was left stopped. */
  readonly downtimeMs?: number;
}

/** With what it was made: what restores it has to be like it. */
export interface KeptMaker {
  readonly engine: string;
  readonly engineVersion: string;
  readonly runtime: string;
  readonly runtimeVersion: string;
  readonly criu: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly cpuModel: string;
}

/** What was in it. */
export interface KeptContent {
  /** Resident memory of its processes, bytes. */
  readonly memory: number;
  readonly processes: readonly KeptProcess[];
  readonly sockets: readonly KeptSocket[];
  readonly mounts: readonly KeptMount[];
}

/** `manifest.json` of a kept checkpoint, on one line; written last, so that what has one is whole. */
export interface KeptManifest {
  readonly format: 1;
  readonly id: string;
  readonly container: ContainerName;
  /** The container's own ID, and the restart policy that it had. */
  readonly containerId: string;
  readonly restartPolicy: string;
  readonly image: {readonly id: string; readonly name: string};
  readonly origin: KeptOrigin;
  readonly maker: KeptMaker;
  readonly content: KeptContent;
  readonly stored: {
    readonly files: readonly KeptFile[];
    readonly folders: readonly KeptFolder[];
    /** All that it takes on the disk. */
    readonly bytes: number;
  };
}

/** Where checkpoints are kept unless the plan says something else. */
export const CHECKPOINTS_FOLDER = `${KEPT_FOLDER}/checkpoints`;

/** `20261121T101800Z-1a2b3c`: in the order of their time. `random`: six hexadecimal digits. */
export const keptId = (at: string, random: string): string =>
  `${new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${random}`;

const idShape = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

export const isKeptId = (id: string): boolean => idShape.test(id);

/** Of one container's checkpoints. */
export const containerFolder = (container: ContainerName, base = CHECKPOINTS_FOLDER): string =>
  `${base}/${encodeName(container)}`;

/** Of one checkpoint; with `.part` behind it while it is made. */
export const keptFolder = (
  container: ContainerName,
  id: string,
  base: string = CHECKPOINTS_FOLDER,
): string => `${containerFolder(container, base)}/${id}`;

const amount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

/** What is joined to a path must not lead out of the folder. */
const inside: Check = (value) =>
  typeof value === 'string' &&
  value.length <= 4096 &&
  !/\p{Cc}/u.test(value) &&
  value.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);

const named: Check = (value) => typeof value === 'string' && value !== '';

const whys = ['asked', 'every', 'parked', 'before-restore'];

const needed: Shape = {
  format: one(1),
  id: matching(idShape),
  container: named,
  containerId: ofForm(containerId),
  restartPolicy: ofForm(orNone(restartPolicyForm)),
  image: shape({id: ofForm(line), name: ofForm(line)}),
  origin: shape(
    {host: text, at: date, run: text, plan: text, why: one(...whys), running: flag},
    {note: text, downtimeMs: amount},
  ),
  maker: shape({
    engine: named,
    engineVersion: text,
    runtime: text,
    runtimeVersion: text,
    criu: text,
    kernel: text,
    architecture: text,
    cpuModel: text,
  }),
  content: shape({
    memory: amount,
    processes: list(shape({pid: amount, parent: amount, name: text})),
    sockets: list(shape({protocol: text, state: text, local: text}, {remote: text})),
    mounts: list(
      shape({
        kind: one('volume', 'bind', 'tmpfs'),
        name: ofForm(line),
        source: ofForm(line),
        destination: ofForm(absolutePath),
        readOnly: flag,
      }),
    ),
  }),
  stored: shape({
    files: list(shape({path: inside, bytes: amount, sha256: matching(/^[0-9a-f]{64}$/)})),
    folders: list(
      shape({
        key: matching(/^(?:rootfs|v\d{1,4})$/),
        kind: one('rootfs', 'volume', 'bind'),
        name: ofForm(line),
        destination: ofForm(line),
        bytes: amount,
      }),
    ),
    bytes: amount,
  }),
};

export const manifestLine = (manifest: KeptManifest): string => `${JSON.stringify(manifest)}\n`;

/** A manifest may come from anybody who can write into the folder, and be torn. */
export function readManifest(manifest: string): Result<KeptManifest, string> {
  const parsed = parseJson(manifest);
  const value = parsed.ok ? parsed.value : undefined;
  if (!isObject(value)) return err(`not a manifest: ${shownValue(manifest)}`);
  const wrong = wrongKey(value, needed);
  if (wrong !== undefined) return err(`a manifest with a "${wrong}" that this cm does not know`);
  return ok(value as unknown as KeptManifest);
}
