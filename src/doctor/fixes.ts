import type {Refusal} from '../engines/engine.js';
import type {HostName} from '../plan/plan.js';
import type {Exam} from './exam.js';
import {needs, type Fix} from './finding.js';
import {installFix} from './packages.js';

/** What a fix is made from: the refusal, and the host that it is about. */
interface Case {
  readonly refusal: Refusal;
  readonly host: HostName;
  readonly exam: Exam;
  readonly memoryFree: number;
}

/** The first thing in double quotes: a program, a network, a version. */
export const quotedIn = (message: string): string => /"([^"]*)"/.exec(message)?.[1] ?? '';

/** The engine's own words, which say what to do. */
const advised = ({remedy, message}: Refusal): Fix => ({on: 'nowhere', advice: remedy ?? message});

const mebibyte = 1024 * 1024;

/** What a checkpoint needs beside the container's memory, and that once more for the container itself. */
const roomBytes = 512 * mebibyte;

/** A memory file system takes memory only for what is in it, so a larger limit costs nothing by itself. */
function largerRun({host, exam, memoryFree}: Case): Fix {
  const {kind, size, free} = exam.run;
  if (kind !== 'tmpfs') return needs('more room in "/run", best as a memory file system (tmpfs)');
  if (memoryFree < roomBytes) return needs('more memory, or fewer things that use it');
  if (free >= roomBytes) return needs('more memory');
  const wanted = Math.ceil((size - free + roomBytes) / mebibyte);
  return {on: 'host', host, command: `mount -o remount,size=${wanted}M /run`};
}

/** The engine's own remedy may end with the very command: "make it there: podman network create …". */
function commandIn({refusal, host}: Case): Fix {
  const command = /: ((?:podman|docker) .+)$/.exec(refusal.remedy ?? '')?.[1];
  if (command === undefined) return advised(refusal);
  return {on: 'host', host, command};
}

const install = ({host, exam}: Case, program: string): Fix => installFix(host, exam, program);

const asRoot = needs('a login as root: write the address as "root@…"');

const fixes: Readonly<Record<string, (each: Case) => Fix>> = {
  'program-missing': (each) => install(each, quotedIn(each.refusal.message)),
  'criu-missing': (each) => install(each, 'criu'),
  'libcriu-missing': (each) => install(each, 'libcriu.so.2'),
  'scratch-too-small': largerRun,
  'memory-too-small': largerRun,
  'network-missing': commandIn,
  'no-memory-tracking': () => needs('a kernel with CONFIG_MEM_SOFT_DIRTY'),
  'crun-cgroups': () =>
    needs('version 2 of cgroups alone (boot with "systemd.unified_cgroup_hierarchy=1"), or runc'),
  rootless: () => asRoot,
};

/** How a refusal is put right: by a command where one is known for it, by the engine's own words otherwise. */
export function fixOf(each: Case): Fix {
  const known = fixes[each.refusal.code];
  return known === undefined ? advised(each.refusal) : known(each);
}

/** The few words that a cell of the table has room for. */
const brief: Readonly<Record<string, string>> = {
  'criu-missing': 'no CRIU',
  'criu-too-old': 'CRIU too old',
  'criu-check': '"criu check" fails',
  'libcriu-missing': 'crun lacks libcriu',
  'crun-without-criu': 'crun lacks CRIU',
  'crun-cgroups': 'crun with cgroup v1',
  'no-memory-tracking': 'no soft-dirty',
  'scratch-too-small': '/run too small',
  'memory-too-small': 'too little memory',
  'disk-too-small': 'disk full',
  'podman-too-old': 'podman too old',
  'runtime-too-old': 'runtime too old',
  'cpu-flag-missing': 'CPU lacks features',
  'network-missing': 'network missing',
  'network-differs': 'network differs',
  'storage-driver': 'no overlay storage',
  'way-blocked': 'no ssh between them',
  'too-few-sessions': 'too few ssh sessions',
  'way-key-differs': 'another host key',
  'bandwidth-needs-pv': 'no pv',
  unreachable: 'not reached',
  'no-engine': 'no engine',
  'engines-differ': 'no engine in common',
  rootless: 'not root',
  'not-root': 'not root',
};

/** A program is named; what nobody has put better is its code. */
export const briefly = ({code, message}: Pick<Refusal, 'code' | 'message'>): string =>
  code === 'program-missing'
    ? `no ${quotedIn(message)}`
    : (brief[code] ?? code.replaceAll('-', ' '));
