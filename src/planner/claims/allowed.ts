import type {Engine, Refusal} from '../../engines/engine.js';
import type {Mount, ObservedContainer} from '../../engines/facts.js';
import {plainPower, powerKinds} from '../../base/powers.js';
import {distinctPowers, wordOf, type Power} from '../../engines/powers.js';
import type {Container, HostName} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {isCopied, policyOf} from './folders.js';
import {folderOf, leadOf, unmounted, type Lead} from './host-paths.js';
import {landingOf} from './landings.js';
import {isPowerfulPath} from './powerful-paths.js';

/** A folder of the target that a copy has. */
export interface HostPath {
  readonly path: string;
  /** By the copy, or by the move that fills it. */
  readonly writes: boolean;
  /** It is not there yet. */
  readonly isNew: boolean;
  /** Where symbolic links lead from it, on the target and on the source that it is filled from. Absent: nowhere else. */
  readonly leads?: readonly Lead[];
}

/** What a copy may do on the host that it moves to. */
export interface Reach {
  readonly powers: readonly Power[];
  readonly paths: readonly HostPath[];
}

/** The two hosts of a move. */
interface Views {
  readonly source: HostView;
  readonly target: HostView;
}

function mountPath(
  container: Container,
  mount: Mount,
  {source, target}: Views,
): readonly HostPath[] {
  const path = folderOf(target, mount);
  if (path === undefined) return [];
  const isFilled = isCopied(policyOf(container, mount));
  const writes = !mount.readOnly || isFilled;
  const isNew = landingOf(target.survey, mount)?.exists === false;
  const leads = [target, ...(isFilled ? [source] : [])].flatMap(
    (view) => leadOf(view, mount) ?? [],
  );
  return [{path, writes, isNew, ...(leads.length > 0 && {leads})}];
}

/** A folder that is mounted twice is told once, with all that is done to it. */
function both(one: HostPath, other: HostPath): HostPath {
  const all = [...(one.leads ?? []), ...(other.leads ?? [])];
  const leads = all.filter(
    ({host, path}, index) =>
      all.findIndex((each) => each.host === host && each.path === path) === index,
  );
  return {
    path: one.path,
    writes: one.writes || other.writes,
    isNew: one.isNew && other.isNew,
    ...(leads.length > 0 && {leads}),
  };
}

function pathsOf(
  container: Container,
  observed: ObservedContainer,
  engine: Engine,
  views: Views,
): readonly HostPath[] {
  const mounts = [...observed.mounts, ...unmounted(engine, observed)];
  const told = mounts.flatMap((mount) => mountPath(container, mount, views));
  const byPath = new Map<string, HostPath>();
  for (const each of told) {
    const known = byPath.get(each.path);
    byPath.set(each.path, known ? both(known, each) : each);
  }
  return [...byPath.values()];
}

/** By its path as it is written, and by where that leads. */
function powersOf({path, writes, leads = []}: HostPath, {source, target}: Views): readonly Power[] {
  const isPowerful = (each: string, views: readonly HostView[]): boolean =>
    views.some(({survey}) => isPowerfulPath(each, writes, survey?.usage));
  const led = leads.filter(({host, path: real}) =>
    isPowerful(real, [host === target.host ? target : source]),
  );
  const powerful = [
    ...(isPowerful(path, [source, target]) ? [path] : []),
    ...led.map((lead) => lead.path),
  ];
  return powerful.map((each) => ({kind: 'bind', of: writes ? each : `${each}:ro`}));
}

/** What a copy of this container may do on its target, whatever the plan says of it. */
export function reachOf(
  container: Container,
  observed: ObservedContainer,
  engine: Engine,
  views: Views,
): Reach {
  const paths = pathsOf(container, observed, engine, views);
  const binds = paths.flatMap((path) => powersOf(path, views));
  return {powers: distinctPowers([...engine.powers(observed), ...binds]), paths};
}

/** Who may write a folder may read it, too. */
const isPermittedBy = (power: Power, allowed: string): boolean => {
  const word = wordOf(power);
  const written = plainPower(allowed);
  return written === word || (power.kind === 'bind' && written === word.replace(/:ro$/, ''));
};

const isAllowed = (power: Power, allow: readonly string[]): boolean =>
  allow.some((word) => isPermittedBy(power, word));

/** For people: words of the plan that the copy does not need. */
export function describeUnneeded({allow = []}: Container, {powers}: Reach): readonly string[] {
  const words = allow.filter((word) => powers.every((power) => !isPermittedBy(power, word)));
  return words.length === 0 ? [] : [`allowed and not needed: ${words.join(', ')}`];
}

/** What a reader does not see, or a plan does not take: U+FFFD stands where a file was not UTF-8. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu;

const escapeOf = (character: string): string =>
  `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;

/** As a plan takes it: `$` begins a variable there, and what is more than a word stands in quotes. */
const written = (word: string): string => {
  const escaped = word.replaceAll('$', '$$$$');
  return /^[a-z-]+$/.test(escaped)
    ? escaped
    : JSON.stringify(escaped).replaceAll(unprintable, escapeOf);
};

/** The line of a plan that permits all of it. */
export const allowLine = (powers: readonly Power[]): string =>
  `allow: [${powers.map(wordOf).map(written).join(', ')}]`;

const missingOf = ({allow = []}: Container, {powers}: Reach): readonly Power[] =>
  powers.filter((power) => !isAllowed(power, allow));

const plainWord = ({of = ''}: Power): string => of.replace(/:ro$/, '');

/** With the path that leads there, where it is another one. */
function named(power: Power, {paths}: Reach): string {
  const word = wordOf(power);
  if (power.kind !== 'bind' || paths.some(({path}) => path === plainWord(power))) return word;
  const from = paths.find(({leads = []}) => leads.some(({path}) => path === plainWord(power)));
  const lead = from?.leads?.find(({path}) => path === plainWord(power));
  return from && lead ? `${word} ("${from.path}" leads there on ${lead.host})` : word;
}

/** Why a copy may not be made: its source asks for power over the target that the plan does not give. */
export function allowRefusals(
  container: Container,
  reach: Reach,
  target: HostView,
): readonly Refusal[] {
  const missing = missingOf(container, reach);
  if (missing.length === 0) return [];
  const words = missing.map((power) => named(power, reach)).join(', ');
  return [
    {
      code: 'not-allowed',
      message: `"${container.name}" could become root on ${target.host}: ${words}`,
      remedy: `if that is meant, add this to the container in the plan: ${allowLine(reach.powers)}`,
    },
  ];
}

/** Paths that the plan does not permit: nothing else is said of them before it does. */
export function forbiddenPaths(container: Container, reach: Reach): ReadonlySet<string> {
  const words = new Set(
    missingOf(container, reach)
      .filter(({kind}) => kind === 'bind')
      .map(plainWord),
  );
  const isForbidden = ({path, leads = []}: HostPath): boolean =>
    [path, ...leads.map((lead) => lead.path)].some((each) => words.has(each));
  return new Set(reach.paths.filter(isForbidden).map(({path}) => path));
}

/** Where a path of the container does not say it, and only where links lead. */
const ledPowers = ({powers, paths}: Reach): readonly Power[] =>
  powers.filter(
    (power) => power.kind === 'bind' && paths.every(({path}) => path !== plainWord(power)),
  );

/**
 * The same for a checkpoint that is restored: what stays on its host has no more there than it had, unless a link has come into
 * one of its paths since.
 */
export function allowRefusalsBetween(
  container: Container,
  described: ObservedContainer,
  engine: Engine,
  views: Views,
): readonly Refusal[] {
  const reach = reachOf(container, described, engine, views);
  const stays = views.source.host === views.target.host;
  return allowRefusals(
    container,
    stays ? {...reach, powers: ledPowers(reach)} : reach,
    views.target,
  );
}

/** `/srv/app (new, leads to /data/app)` */
function described({path, isNew, leads = []}: HostPath, host: HostName): string {
  const notes = [
    ...(isNew ? ['new'] : []),
    ...leads.map((lead) => `leads to ${lead.path}${lead.host === host ? '' : ` on ${lead.host}`}`),
  ];
  return notes.length === 0 ? path : `${path} (${notes.join(', ')})`;
}

/** One line each, for people: that it may become root there, and which folders of the host it has. */
export function describeReach({powers, paths}: Reach, host: HostName): readonly string[] {
  const [written, read] = [true, false].map((writes) =>
    paths
      .filter((path) => path.writes === writes)
      .map((path) => described(path, host))
      .join(', '),
  );
  const verbs = [...(written ? [`writes ${written}`] : []), ...(read ? [`reads ${read}`] : [])];
  return [
    ...(powers.length > 0 ? [`may become root on ${host}: ${powers.map(wordOf).join(', ')}`] : []),
    ...(verbs.length > 0 ? [`on ${host}: ${verbs.join('; ')}`] : []),
  ];
}

/** In the words of a plan. */
export const powerWords = ({powers}: Reach): readonly string[] => powers.map(wordOf);

/** Why each of them is power over the host. */
export const explainReach = ({powers}: Reach): readonly string[] =>
  powers.map((power) => `${wordOf(power)}: ${powerKinds[power.kind]}`);
