import {script, type Command} from '../base/command.js';
import {hostPath, shortName} from '../base/host-words.js';
import {err, ok, type Result} from '../base/result.js';
import {sectionLines, sections, sectionText, type Section} from '../engines/host/sections.js';
import {decodeName} from '../state/host/host-files.js';
import {examScript} from './exam-script.js';

/** What a host is, whichever engine it has. What could not be found out is empty or absent. */
export interface Exam {
  readonly uid: number;
  readonly user: string;
  readonly os: OperatingSystem;
  readonly kernel: string;
  readonly architecture: string;
  readonly uptimeSeconds?: number;
  /** The host's own clock, seconds since 1970. */
  readonly now: number;
  readonly rights: Rights;
  readonly run: RunFolder;
  /** Folders that the user may write to. */
  readonly writable: readonly string[];
  readonly tmp: string;
  readonly programs: readonly string[];
  /** Files of that name that stand where programs are looked for, and that nobody may run. */
  readonly notExecutable: readonly string[];
  /** What programs say of their version, by name. */
  readonly versions: ReadonlyMap<string, string>;
  readonly left: Left;
}

export interface OperatingSystem {
  /** `debian`, `fedora`, …; empty when nobody knows. */
  readonly id: string;
  /** Of which others it is a kind. */
  readonly like: readonly string[];
  /** `Debian GNU/Linux 13 (trixie)` */
  readonly name: string;
}

/** What the kernel lets root do there. */
export interface Rights {
  /** Of root's capabilities, those that it may ever have; absent where nothing tells. */
  readonly bounding?: bigint;
  /** `Enforcing`, `Permissive`, `Disabled`; empty: none. */
  readonly selinux: string;
  readonly apparmor: boolean;
  /** Of the security module Yama; 3: nobody may look into another process. */
  readonly ptraceScope?: number;
  readonly freezer: boolean;
}

export interface RunFolder {
  /** `tmpfs`, … */
  readonly kind: string;
  /** Bytes. */
  readonly size: number;
  readonly free: number;
}

/** A folder in memory. */
export interface RunFolderLeft {
  /** `/run/cm/<run>/<lane>`, or `/run/cm/<checkpoint>/<lane>`. */
  readonly path: string;
  readonly run: string;
  /** As its lease and its record are named; absent where the folder does not say. */
  readonly container?: string;
}

/** What stands in the places where `cm` works on a host: of a run under way, or of one that died. */
export interface Left {
  readonly folders: readonly RunFolderLeft[];
  /** Comments of one-time keys: `cm:<run>:<lane>:<second at which it expires>`. */
  readonly keys: readonly string[];
  /** Tables of nft, with their family: `netdev cm_0123456789ab`. */
  readonly gates: readonly string[];
  /** Where containers are kept from being started: `/run/runc/<ID>`. */
  readonly holds: readonly string[];
}

/** A host that does not answer within this is not examined. */
const timeoutMs = 30_000;

export const examine: Command = {...script('examine the host', examScript), timeoutMs};

/** The first line of the answer after its mark, as soon as it arrives: the host's clock in ms. */
export function clockIn(line: string): number | undefined {
  if (!/^\d{9,}(?:\.\d+|\.N|\.)?$/.test(line)) return undefined;
  // without GNU's date there are whole seconds alone, which are half a second late on average
  const [seconds = '', rest = ''] = line.split('.');
  return /^\d+$/.test(rest) ? Number(line) * 1000 : Number(seconds) * 1000 + 500;
}

const unquoted = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, '$2');

function readOs(all: readonly Section[]): OperatingSystem {
  const entries = sectionLines(all, 'os').flatMap((line) => {
    const cut = line.indexOf('=');
    return cut < 1 ? [] : [[line.slice(0, cut), unquoted(line.slice(cut + 1))] as const];
  });
  const of = new Map(entries);
  return {
    id: of.get('ID') ?? '',
    like: (of.get('ID_LIKE') ?? '').split(/\s+/).filter((word) => word !== ''),
    name: of.get('PRETTY_NAME') ?? of.get('ID') ?? '',
  };
}

function wholeNumber(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function readRights(all: readonly Section[]): Rights {
  const bounding = sectionText(all, 'bounding');
  const scope = wholeNumber(sectionText(all, 'ptrace'));
  return {
    ...(/^[0-9a-f]+$/.test(bounding) && {bounding: BigInt(`0x${bounding}`)}),
    selinux: sectionText(all, 'selinux'),
    apparmor: sectionText(all, 'apparmor') === 'Y',
    ...(scope !== undefined && {ptraceScope: scope}),
    freezer: sectionText(all, 'freezer') === 'yes',
  };
}

function readRun(all: readonly Section[]): RunFolder {
  const [kind = '', ...table] = sectionLines(all, 'run');
  const [, size = '0', free = '0'] = /\s(\d+)\s+\d+\s+(\d+)\s+\d+%/.exec(table.at(-1) ?? '') ?? [];
  return {kind, size: Number(size) * 1024, free: Number(free) * 1024};
}

/** `podman version 5.4.2` → `5.4.2`; without any number the program is there all the same. */
function readVersions(all: readonly Section[]): ReadonlyMap<string, string> {
  const pairs = sectionLines(all, 'versions').flatMap((line) => {
    const [name = '', said] = line.split('\t');
    if (said === undefined) return [];
    return [[name, /\d+(?:\.\d+)+[^\s,]*/.exec(said)?.[0] ?? ''] as const];
  });
  return new Map(pairs);
}

function readFolder(line: string): readonly RunFolderLeft[] {
  const [path = '', owner = ''] = line.split('\t');
  if (!/^\/run\/cm\/[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/.test(path)) return [];
  const [run = '', name] = owner.split(' ');
  if (!shortName.fits(run)) return [{path, run: path.split('/')[3] ?? ''}];
  return [{path, run, ...(name !== undefined && {container: decodeName(name)})}];
}

/** Whose comment is not of the form that `cm` writes is not a key of `cm`. */
const isKeyComment = (line: string): boolean =>
  /^cm:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+:\d{1,15}$/.test(line);

export function readExam(stdout: string): Result<Exam, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const [uid = '', user = ''] = sectionLines(all, 'user');
  const [architecture = '', kernel = ''] = sectionLines(all, 'uname');
  const now = clockIn(sectionText(all, 'now'));
  if (now === undefined || wholeNumber(uid) === undefined)
    return err('the host tells neither its time nor its user');
  const uptime = Number.parseFloat(sectionText(all, 'uptime'));
  return ok({
    uid: Number(uid),
    user,
    os: readOs(all),
    kernel,
    architecture,
    ...(Number.isFinite(uptime) && {uptimeSeconds: uptime}),
    now: now / 1000,
    rights: readRights(all),
    run: readRun(all),
    writable: sectionLines(all, 'writable'),
    tmp: sectionText(all, 'tmp') || '/tmp',
    programs: sectionLines(all, 'programs'),
    notExecutable: sectionLines(all, 'not-executable'),
    versions: readVersions(all),
    left: {
      folders: sectionLines(all, 'folders').flatMap(readFolder),
      keys: sectionLines(all, 'keys').filter(isKeyComment),
      gates: sectionLines(all, 'gates').filter((gate) => /^[a-z0-9]+ cm_[0-9A-Za-z]+$/.test(gate)),
      holds: sectionLines(all, 'holds').filter(hostPath.fits),
    },
  });
}
