import {isOutOfSync, type Action} from '../../planner/change.js';
import {alignRows, nameList, plural} from './columns.js';
import {createStyle, actionSign, type Ability, type Ink} from './style.js';

/** Where one container is, as far as the hosts could be asked. */
export interface StatusRow {
  readonly container: string;
  /** Host where it belongs. */
  readonly belongs: string;
  readonly action: Action;
  readonly found: readonly {readonly host: string; readonly state: string}[];
  /** What an interrupted move needs, or why nobody knows. */
  readonly note?: string;
  /** Of problems: the same for containers that have the same one. */
  readonly alike?: string;
}

export interface LeaseRow {
  readonly host: string;
  readonly name: string;
  readonly run: string;
  readonly owner: string;
  readonly plan: string;
  readonly commit?: string;
  readonly ageSeconds: number;
  readonly expired: boolean;
  readonly orphaned?: true;
}

export interface Status {
  readonly plan: string;
  readonly file: string;
  readonly rows: readonly StatusRow[];
  readonly leases: readonly LeaseRow[];
}

const inks: Readonly<Record<Action, Ink>> = {
  none: 'dim',
  move: 'cyan',
  finish: 'yellow',
  undo: 'yellow',
  start: 'cyan',
  stop: 'cyan',
  park: 'cyan',
  unpark: 'cyan',
  keep: 'cyan',
  restore: 'cyan',
  refused: 'red',
};

/** It is, or is to be, on another host than its own. */
const isAway = (action: Action): boolean => ['move', 'finish', 'undo', 'refused'].includes(action);

const foundText = ({found}: StatusRow): string =>
  found.length === 0
    ? 'found nowhere'
    : found.map(({host, state}) => `${state} on ${host}`).join(', ');

const staleText = ({expired, orphaned}: LeaseRow): string =>
  orphaned ? ', its process has ended' : expired ? ', stale' : '';

/** One line for each lease: its owner, and the age of its last heartbeat. */
export function leaseLines(leases: readonly LeaseRow[], ability: Ability): readonly string[] {
  const {paint} = createStyle(ability);
  const rows = leases.map((lease) => {
    const {host, name, run, owner, plan, commit, ageSeconds} = lease;
    return [
      `lease of ${name} on ${host}`,
      `run ${run}`,
      `by ${owner}`,
      `plan ${plan}${commit === undefined ? '' : ` (${commit.slice(0, 12)})`}`,
      `last heartbeat ${plural(ageSeconds, 'second')} ago${staleText(lease)}`,
    ];
  });
  return alignRows(rows).map((row, index) =>
    paint(leases[index]?.expired ? 'yellow' : 'cyan', row),
  );
}

interface Shown {
  readonly row: StatusRow;
  readonly names: readonly string[];
}

/** Containers with the same problem, found and wanted at the same places, are one line. */
function together(rows: readonly StatusRow[]): readonly Shown[] {
  const all = new Map<string, {readonly row: StatusRow; readonly names: string[]}>();
  for (const row of rows) {
    const {alike, container, belongs} = row;
    const key = JSON.stringify(alike === undefined ? container : [alike, belongs, foundText(row)]);
    const shown = all.get(key) ?? {row, names: []};
    all.set(key, shown);
    shown.names.push(container);
  }
  return [...all.values()];
}

/** Where everything is, and where it belongs; without a newline at the end. */
export function renderStatus({plan, file, rows, leases}: Status, ability: Ability): string {
  const {paint, signs} = createStyle(ability);
  const shown = together(rows);
  const titles = alignRows(
    shown.map(({row, names}) => [
      `${actionSign(row.action, signs)} ${nameList(names, 3)}`,
      foundText(row),
      isAway(row.action) ? `belongs on ${row.belongs}` : '',
      row.note ?? '',
    ]),
  );
  const away = rows.filter(isOutOfSync).length;
  return [
    `${paint('bold', `plan "${plan}"`)} (${paint('dim', file)})`,
    ...titles.map((title, index) => paint(inks[shown[index]?.row.action ?? 'none'], title)),
    ...leaseLines(leases, ability),
    `${rows.length - away} in sync, ${away} out of sync`,
  ].join('\n');
}
