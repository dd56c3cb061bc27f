import {
  isParkedUpon,
  type Doomed,
  type Held,
  type Resting,
} from '../../planner/checkpoint/retention.js';
import type {Plan} from '../../plan/plan.js';
import type {KeptManifest} from '../../state/host/kept.js';
import {alignRows, plural} from './columns.js';
import {createStyle, type Ability, type Style} from './style.js';
import {formatBytes, formatDuration} from './units.js';

const whys: Readonly<Record<KeptManifest['origin']['why'], string>> = {
  asked: 'asked for',
  every: 'as the plan says',
  parked: 'parked',
  'before-restore': 'before a restore',
};

const ageOf = ({ageSeconds}: Held): string =>
  `${formatDuration(Math.max(0, ageSeconds) * 1000)} old`;

function whyOf({manifest, wrong}: Held): string {
  if (!manifest) return wrong ?? '';
  const {why, note} = manifest.origin;
  return note === undefined ? whys[why] : `${whys[why]}: ${note}`;
}

const titleOf = ({id, container, host}: Held): readonly string[] => [id, container, `on ${host}`];

const sizeOf = ({manifest}: Held): string => (manifest ? formatBytes(manifest.stored.bytes) : '');

const headline = (plan: Plan, {paint}: Style): string =>
  `${paint('bold', `plan "${plan.name}"`)} (${paint('dim', plan.file)})`;

/** What the hosts of one plan keep, a line each. */
export function renderCheckpoints(
  plan: Plan,
  held: readonly Held[],
  resting: Resting,
  ability: Ability,
): string {
  const style = createStyle(ability);
  const rows = alignRows(
    held.map((each) => [
      ...titleOf(each),
      ageOf(each),
      sizeOf(each),
      isParkedUpon(each, resting) ? `${whyOf(each)}, it rests upon this one` : whyOf(each),
    ]),
  );
  const bytes = held.reduce((sum, {manifest}) => sum + (manifest?.stored.bytes ?? 0), 0);
  const broken = held.filter(({manifest}) => !manifest).length;
  return [
    headline(plan, style),
    ...rows.map((row, index) => style.paint(held[index]?.manifest ? 'cyan' : 'yellow', row)),
    `${plural(held.length, 'checkpoint')}, ${formatBytes(bytes)}${broken > 0 ? `, ${broken} of them not whole` : ''}`,
  ].join('\n');
}

/** What is to be removed, and why. */
export function renderDoomed(plan: Plan, doomed: readonly Doomed[], ability: Ability): string {
  const style = createStyle(ability);
  const rows = alignRows(
    doomed.map(({held, because}) => [...titleOf(held), ageOf(held), sizeOf(held), because]),
  );
  return [headline(plan, style), ...rows.map((row) => style.paint('yellow', row))].join('\n');
}

function originLines({origin, maker, image, content, stored}: KeptManifest): readonly string[][] {
  const after = origin.running
    ? `it went on${origin.downtimeMs === undefined ? '' : ` after ${formatDuration(origin.downtimeMs)}`}`
    : 'it was left stopped';
  return [
    ['made', `${origin.at} by run ${origin.run} of plan ${origin.plan}; ${after}`],
    [
      'with',
      `${maker.engine} ${maker.engineVersion}, ${maker.runtime} ${maker.runtimeVersion}, CRIU ${maker.criu}`,
    ],
    ['on', `kernel ${maker.kernel}, ${maker.architecture}, ${maker.cpuModel}`],
    ['image', `${image.name} (${image.id})`],
    ['memory', formatBytes(content.memory)],
    ['stored', formatBytes(stored.bytes)],
  ];
}

/** Children below their parents, as far as these are known. */
function processRows({processes}: KeptManifest['content']): readonly string[][] {
  const pids = new Set(processes.map(({pid}) => pid));
  const rows: string[][] = [];
  const seen = new Set<number>();
  const add = (parent: number | undefined, depth: number): void => {
    for (const each of processes) {
      const isRoot = !pids.has(each.parent) || each.parent === each.pid;
      if (seen.has(each.pid) || (parent === undefined ? !isRoot : each.parent !== parent)) continue;
      seen.add(each.pid);
      rows.push([String(each.pid), `${'  '.repeat(Math.min(depth, 40))}${each.name}`]);
      if (depth < 1000) add(each.pid, depth + 1);
    }
  };
  add(undefined, 0);
  for (const {pid, name} of processes) if (!seen.has(pid)) rows.push([String(pid), name]);
  return rows;
}

function blocks({content, stored}: KeptManifest): readonly (readonly [string, string[][]])[] {
  return [
    ['processes', [...processRows(content)]],
    [
      'sockets',
      content.sockets.map(({protocol, state, local, remote}) => [
        protocol,
        state,
        local,
        ...(remote === undefined ? [] : [`to ${remote}`]),
      ]),
    ],
    [
      'mounts',
      content.mounts.map(({kind, name, destination, readOnly}) => [
        kind,
        name,
        `at ${destination}${readOnly ? ', read only' : ''}`,
      ]),
    ],
    [
      'files',
      [
        ...stored.files.map(({path, bytes, sha256}) => [path, formatBytes(bytes), sha256]),
        ...stored.folders.map(({key, kind, name, destination, bytes}) => [
          `${key}/`,
          formatBytes(bytes),
          kind === 'rootfs' ? 'changed files' : `${kind} ${name} at ${destination}`,
        ]),
      ],
    ],
  ];
}

/** All that is known of one. */
export function renderCheckpoint(held: Held, resting: Resting, ability: Ability): string {
  const style = createStyle(ability);
  const {paint} = style;
  const {manifest} = held;
  const title = `checkpoint ${held.id} of ${held.container} on ${held.host}`;
  const about = [
    ['in', held.folder],
    ['age', ageOf(held)],
    ['why', whyOf(held)],
    ...(isParkedUpon(held, resting) ? [['parked', 'its container comes back from this one']] : []),
    ...(manifest ? originLines(manifest) : []),
  ];
  const lists = manifest ? blocks(manifest).filter(([, rows]) => rows.length > 0) : [];
  return [
    paint('bold', title),
    ...alignRows(about).map((row) => paint('dim', `  ${row}`)),
    ...lists.flatMap(([name, rows]) => [
      paint('cyan', `  ${name}`),
      ...alignRows(rows).map((row) => paint('dim', `    ${row}`)),
    ]),
  ].join('\n');
}
