import {planWord, shellWord} from '../base/shell-word.js';
import type {HostName} from '../plan/plan.js';
import {encodeName} from '../state/host/host-files.js';
import type {HostView, LeaseRecord, MoveRecord} from '../state/host/observed.js';
import type {Exam, RunFolderLeft} from './exam.js';
import {fine, type Finding, type Fix} from './finding.js';
import type {Wishes} from './wishes.js';

interface Traces {
  readonly host: HostName;
  readonly exam: Exam;
  readonly leases: readonly LeaseRecord[];
  /** Of moves that are neither committed nor undone. */
  readonly unfinished: readonly MoveRecord[];
  readonly files: Wishes['files'];
}

const leftover = (code: string, message: string, fix: Fix): Finding => ({
  level: 'warning',
  code,
  message,
  stops: [],
  fix,
});

function minutes(seconds: number): string {
  const whole = Math.round(Math.abs(seconds) / 60);
  return whole === 1 ? '1 minute' : `${whole} minutes`;
}

function leaseFinding({host, files}: Traces, lease: LeaseRecord): Finding {
  const {name, run, owner, ageSeconds, expired, orphaned} = lease;
  if (!expired) return fine('lease-in-use', `run ${run} of ${owner} is at work on "${name}"`);
  const file = files.get(name);
  const fix: Fix =
    file === undefined
      ? {on: 'host', host, command: `rm -f -- /run/cm/leases/${shellWord(encodeName(name))}`}
      : {on: 'runner', command: `cm unlock ${planWord(file)} --only ${shellWord(name)}`};
  const message = `the lease of "${name}" is left from run ${run} of ${owner}, ${orphaned ? 'whose process has ended' : `last heard of ${minutes(ageSeconds)} ago`}`;
  return leftover('lease-expired', message, fix);
}

/** Of `cm restore --as`. */
function copyFinding({container, to, run, plan}: MoveRecord, checkpoint: string): Finding {
  const again = `cm restore ${checkpoint} --as ${shellWord(container)} --on ${shellWord(to)}`;
  return leftover(
    'copy-unfinished',
    `run ${run} began to restore checkpoint ${checkpoint} as "${container}" and did not end`,
    {
      on: 'nowhere',
      advice: `run "${again}" with the plan "${plan}", which removes what is there and makes it anew`,
    },
  );
}

function moveFinding({files}: Traces, record: MoveRecord): Finding {
  const {container, from, to, run, plan, phase, kept} = record;
  if (phase === 'arriving' && kept) return copyFinding(record, kept.id);
  const file = files.get(container);
  const fix: Fix =
    file === undefined
      ? {
          on: 'nowhere',
          advice: `run "cm apply" with the plan "${plan}", which finishes or undoes it`,
        }
      : {on: 'runner', command: `cm apply ${planWord(file)} --only ${shellWord(container)}`};
  const message = `run ${run} began to move "${container}" from ${from} to ${to} and did not end`;
  return leftover('move-unfinished', message, fix);
}

/**
 * In memory: what a dead run left there may be the images of a container, so it is never told to go while a move is
 * unfinished.
 */
function folderFindings({host, exam, leases, unfinished}: Traces): Finding[] {
  const inUse = ({run, container}: RunFolderLeft): boolean =>
    leases.some((lease) => !lease.expired && lease.run === run) ||
    unfinished.some((record) => record.run === run || record.container === container);
  const left = exam.left.folders.filter((folder) => !inUse(folder));
  return [...new Set(left.map(({run}) => run))].map((run) => {
    const paths = left.filter((folder) => folder.run === run).map(({path}) => path);
    const message = `run ${run} left files in memory; the next run that changes a container on ${host} removes them`;
    const command = `rm -rf -- ${paths.map(shellWord).join(' ')}`;
    return leftover('folder-left', message, {on: 'host', host, command});
  });
}

function keyFindings({host, exam}: Traces, live: ReadonlySet<string>): Finding[] {
  return exam.left.keys
    .filter((comment) => !live.has(comment.split(':')[1] ?? ''))
    .map((comment) =>
      leftover(
        'key-left',
        `run ${comment.split(':')[1] ?? ''} left a one-time key in authorized_keys`,
        {
          ...{on: 'host', host},
          command: `sed -i '/ ${comment}$/d' ~/.ssh/authorized_keys`,
        },
      ),
    );
}

/** A gate belongs to a container, not to a run: it may be in use as long as any run is at work here. */
function gateFindings({host, exam, leases, unfinished}: Traces): Finding[] {
  if (leases.some(({expired}) => !expired)) return [];
  return exam.left.gates
    .filter((gate) => !unfinished.some(({id}) => gate.endsWith(` cm_${id.slice(0, 12)}`)))
    .map((gate) =>
      leftover('gate-left', `a run left the gate "${gate}", which drops packets to a container`, {
        ...{on: 'host', host},
        command: `nft delete table ${gate}`,
      }),
    );
}

/** The same of what keeps a container from being started. */
function holdFindings({host, exam, leases, unfinished}: Traces): Finding[] {
  if (leases.some(({expired}) => !expired)) return [];
  return exam.left.holds
    .filter((folder) => !unfinished.some(({id}) => folder.endsWith(`/${id}`)))
    .map((folder) =>
      leftover(
        'quarantine-left',
        `a run left container ${folder.split('/').at(-1)?.slice(0, 12) ?? ''} in quarantine, so it cannot be started`,
        {
          ...{on: 'host', host},
          command: `umount ${shellWord(folder)} && rmdir ${shellWord(folder)}`,
        },
      ),
    );
}

/** What runs left on this host, and what is under way. */
export function leftoverFindings(
  host: HostName,
  exam: Exam,
  view: HostView | undefined,
  files: Wishes['files'],
): readonly Finding[] {
  const leases = view?.leases ?? [];
  const live = new Set(leases.flatMap(({run, expired}) => (expired ? [] : [run])));
  const begun = (view?.records ?? []).filter(
    ({phase, run}) => (phase === 'leaving' || phase === 'arriving') && !live.has(run),
  );
  const traces: Traces = {host, exam, leases, unfinished: begun, files};
  return [
    ...leases.map((lease) => leaseFinding(traces, lease)),
    ...begun.map((record) => moveFinding(traces, record)),
    ...folderFindings(traces),
    ...keyFindings(traces, live),
    ...gateFindings(traces),
    ...holdFindings(traces),
  ];
}
