import {confiningPrograms, mountNamespace} from '../../src/engines/host/refuse-receiver.js';
import type {Engine} from '../../src/engines/engine.js';
import type {HostSurvey} from '../../src/engines/facts.js';
import {podman} from '../../src/engines/podman/podman.js';
import type {Problem} from '../../src/base/problem.js';
import type {Exam} from '../../src/doctor/exam.js';
import {diagnoseHost, type HostDiagnosis} from '../../src/doctor/host-diagnosis.js';
import {diagnosePair, type Connected, type PairDiagnosis} from '../../src/doctor/pair-diagnosis.js';
import type {Subject} from '../../src/doctor/subject.js';
import {noWishes, pairKey, type Wishes} from '../../src/doctor/wishes.js';
import {pairsOf, refusedOf, type Diagnosis} from '../../src/doctor/diagnosis.js';
import type {HostView} from '../../src/state/host/observed.js';
import {aSurvey} from '../engines/podman-pair.js';

const gibibyte = 1024 ** 3;

export const anExam = (change: Partial<Exam> = {}): Exam => ({
  uid: 0,
  user: 'root',
  os: {id: 'debian', like: [], name: 'Debian GNU/Linux 13 (trixie)'},
  kernel: '6.18.44',
  architecture: 'x86_64',
  uptimeSeconds: 7384.2,
  now: 1_767_225_600,
  rights: {bounding: 0x1ff_ffff_ffffn, selinux: '', apparmor: true, freezer: true},
  run: {kind: 'tmpfs', size: 4 * gibibyte, free: 4 * gibibyte},
  writable: ['/run', '/var/lib', '/tmp'],
  tmp: '/tmp',
  programs: [
    ...['bash', 'flock', 'nft', 'nsenter', 'rsync', 'ssh', 'tar', 'timeout'],
    ...confiningPrograms,
    mountNamespace,
  ],
  notExecutable: [],
  versions: new Map([
    ['podman', '5.4.2'],
    ['criu', '4.2.1'],
  ]),
  left: {folders: [], keys: [], gates: [], holds: []},
  ...change,
});

export interface HostChange {
  readonly exam?: Partial<Exam>;
  readonly survey?: Partial<HostSurvey>;
  readonly version?: string;
  readonly view?: Partial<HostView>;
  readonly clockMs?: number;
  readonly address?: string;
  /** The only engine that it may have. */
  readonly engine?: 'podman';
  /** It cannot be reached. */
  readonly problem?: Problem;
  readonly tooFewSessions?: Problem;
  /** What asking its engine came to; `none`: it has no engine. */
  readonly engineProblem?: Problem | 'none';
}

function enginesOf(name: string, change: HostChange, driver: Engine): Subject['engines'] {
  if (change.engineProblem === 'none') return [];
  if (change.engineProblem !== undefined) return [{engine: driver, view: change.engineProblem}];
  const view: HostView = {
    host: name,
    engine: driver.name,
    look: {version: change.version ?? '5.4.2', containers: []},
    records: [],
    leases: [],
    survey: aSurvey(change.survey),
    ...change.view,
  };
  return [{engine: driver, view}];
}

/** A host that is fit for everything, but for what is changed. */
export function aSubject(name: string, change: HostChange = {}, driver = podman): Subject {
  const {problem, clockMs, engine} = change;
  const address = change.address ?? `root@${name}.example`;
  const host = {name, address, labels: {}, ssh: {}, ...(engine !== undefined && {engine})};
  if (problem !== undefined) return {host, problem, engines: []};
  const engines = enginesOf(name, change, driver);
  return {
    ...{host, exam: anExam(change.exam), engines},
    ...(clockMs !== undefined && {clockMs}),
    ...(change.tooFewSessions && {tooFewSessions: change.tooFewSessions}),
  };
}

const key = 'SHA256:abc';

/** Where every host has met the right key. */
export const direct = (target: string): Connected => ({
  way: {
    ...{target, address: '10.0.0.2', port: 22, user: 'root'},
    ...{keyType: 'ssh-ed25519', fingerprint: key},
  },
  met: {kind: 'key', fingerprint: key},
});

export interface WorldChange {
  readonly wishes?: Wishes;
  readonly connected?: Readonly<Record<string, Connected>>;
  readonly every?: boolean;
}

/** All of `cm doctor` but for its looking. */
export function diagnosisOf(
  subjects: readonly Subject[],
  {wishes = noWishes, connected = {}, every = false}: WorldChange = {},
): Diagnosis {
  const hosts = subjects.map((subject) => diagnoseHost(subject, wishes));
  const {pairs: ends, leftOut} = pairsOf(
    subjects.map(({host}) => host.name),
    wishes,
    every,
  );
  const of = (name: string): HostDiagnosis => {
    const found = hosts.find(({subject}) => subject.host.name === name);
    if (!found) throw new Error(name);
    return found;
  };
  const pairs = ends.flatMap(([from, to]): readonly PairDiagnosis[] =>
    diagnosePair(of(from), of(to), connected[pairKey(from, to)] ?? direct(to), wishes),
  );
  const refused = refusedOf(pairs, wishes);
  return {hosts, pairs, leftOut, ...(refused && {refused})};
}
