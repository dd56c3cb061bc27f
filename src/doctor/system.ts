import {memoryStrategies, strategies} from '../base/strategy.js';
import type {HostName, Strategy} from '../plan/plan.js';
import type {Exam} from './exam.js';
import {fine, levelOf, needs, type Finding, type Fix} from './finding.js';
import {installFix} from './packages.js';

interface Place {
  readonly host: HostName;
  readonly local: boolean;
  readonly exam: Exam;
  readonly wanted: readonly Strategy[];
}

function found(
  {wanted}: Place,
  stops: readonly Strategy[],
  words: {readonly code: string; readonly message: string; readonly fix?: Fix},
): Finding {
  return {level: levelOf(stops, wanted), stops, ...words};
}

/** Whoever cm is there. */
function login(place: Place): Finding {
  const {exam, local} = place;
  if (exam.uid === 0)
    return fine('login', local ? 'cm runs here as root' : 'reached over ssh as root');
  return found(place, strategies, {
    code: 'not-root',
    message: `${local ? 'cm runs here' : 'the login there is'} as "${exam.user}", and only root can read and restore what containers hold`,
    fix: needs(
      local ? 'root: start cm with sudo' : 'a login as root: write the address as "root@…"',
    ),
  });
}

/** By number, from linux/capability.h. */
const capabilities = [
  {
    bit: 21n,
    name: 'CAP_SYS_ADMIN',
    stops: memoryStrategies,
    because: 'CRIU cannot work without it',
  },
  {
    bit: 19n,
    name: 'CAP_SYS_PTRACE',
    stops: memoryStrategies,
    because: 'CRIU cannot look into processes',
  },
  {
    bit: 12n,
    name: 'CAP_NET_ADMIN',
    stops: memoryStrategies,
    because: 'CRIU cannot restore sockets',
  },
  {
    bit: 24n,
    name: 'CAP_SYS_RESOURCE',
    stops: [],
    because:
      'CRIU cannot dump processes of other users than root, unless their container has a user namespace of its own ("Can\'t get rlimit 0")',
  },
] as const;

/** What even root may not do there; of another user nothing is known. */
function rights(place: Place): readonly Finding[] {
  const {uid, rights: has} = place.exam;
  const {bounding, ptraceScope, freezer} = has;
  if (uid !== 0) return [];
  const findings: Finding[] = capabilities
    .filter(({bit}) => bounding !== undefined && ((bounding >> bit) & 1n) === 0n)
    .map(({name, stops, because}) =>
      found(place, stops, {
        code: 'capability-missing',
        message: `root lacks ${name} there: ${because}`,
        fix: needs(`a login, a service or a machine that lets root have ${name}`),
      }),
    );
  if (ptraceScope === 3)
    findings.push(
      found(place, memoryStrategies, {
        code: 'ptrace-forbidden',
        message: 'nobody may look into another process ("kernel.yama.ptrace_scope" is 3)',
        fix: needs('"kernel.yama.ptrace_scope" below 3, for which the host must boot again'),
      }),
    );
  if (!freezer)
    findings.push(
      found(place, [], {
        code: 'no-freezer',
        message: 'no freezer of cgroups was found, so processes are held one by one',
        fix: needs('version 2 of cgroups, or the controller "freezer"'),
      }),
    );
  return findings;
}

const inMemory: readonly string[] = ['tmpfs', 'ramfs'];

function folders(place: Place): readonly Finding[] {
  const {exam} = place;
  const findings: Finding[] = [];
  for (const folder of ['/run', '/var/lib'])
    if (exam.uid === 0 && !exam.writable.includes(folder))
      findings.push(
        found(place, strategies, {
          code: 'not-writable',
          message: `"${folder}" cannot be written to, where cm keeps leases and records`,
          fix: needs(`a "${folder}" that root can write to`),
        }),
      );
  if (!exam.writable.includes(exam.tmp))
    findings.push(
      found(place, [], {
        code: 'not-writable',
        message: `"${exam.tmp}" cannot be written to, where engines keep temporary files`,
        fix: needs(`a "${exam.tmp}" that root can write to`),
      }),
    );
  if (exam.run.kind !== '' && !inMemory.includes(exam.run.kind))
    findings.push(
      found(place, [], {
        code: 'run-on-disk',
        message: `"/run" is "${exam.run.kind}" and not in memory: checkpoints, which hold secrets, would be written to disk, and slowly`,
        fix: needs('"/run" as a memory file system (tmpfs)'),
      }),
    );
  return findings;
}

/** More than this between two clocks is worth a word, ms. */
const skewMs = 5000;

const clockFix = ({host, exam}: Place): Fix => {
  if (exam.programs.includes('chronyc')) return {on: 'host', host, command: 'chronyc makestep'};
  if (exam.programs.includes('timedatectl'))
    return {on: 'host', host, command: 'timedatectl set-ntp true'};
  return needs('a time service such as chrony');
};

function clock(place: Place, clockMs: number | undefined): readonly Finding[] {
  if (clockMs === undefined || Math.abs(clockMs) <= skewMs) return [];
  const seconds = Math.round(Math.abs(clockMs) / 1000);
  return [
    found(place, [], {
      code: 'clock-skew',
      message: `its clock is ${seconds} s ${clockMs > 0 ? 'ahead of' : 'behind'} this machine's: times in records and reports are off by that, and programs see the time jump when they move (leases and one-time keys go by the host's own clock)`,
      fix: clockFix(place),
    }),
  ];
}

/** A plan that limits the bandwidth needs one program more where it sends from. */
function bandwidth(place: Place, limited: boolean): readonly Finding[] {
  const {exam, host} = place;
  if (!limited || exam.programs.includes('pv')) return [];
  return [
    found(place, strategies, {
      code: 'bandwidth-needs-pv',
      message: `${host} has no "pv", which limits the bandwidth as the plan says`,
      fix: installFix(host, exam, 'pv'),
    }),
  ];
}

/** What is there to say of the machine itself, whichever engine it has. */
export function systemFindings(
  place: Place,
  more: {readonly clockMs?: number | undefined; readonly limited: boolean},
): readonly Finding[] {
  return [
    login(place),
    ...clock(place, more.clockMs),
    ...rights(place),
    ...folders(place),
    ...bandwidth(place, more.limited),
  ];
}
