import type {Engine, Refusal} from '../../engines/engine.js';
import type {ObservedContainer} from '../../engines/facts.js';
import {distinctPowers, powerKinds, wordOf, type Power} from '../../engines/powers.js';
import {plainPath} from '../../base/within.js';
import type {Container, HostName} from '../../plan/plan.js';
import type {HostView} from '../../state/host/observed.js';
import {isCopied, policyOf} from './folders.js';
import {landingOf} from './landings.js';
import {isPowerfulPath} from './powerful-paths.js';

/** A folder of the target that a copy has. */
export interface HostPath {
  readonly path: string;
  /** By the copy, or by the move that fills it. */
  readonly writes: boolean;
  /** It is not there yet. */
  readonly isNew: boolean;
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

function pathsOf(
  container: Container,
  observed: ObservedContainer,
  engine: Engine,
  target: HostView,
): readonly HostPath[] {
  const mounted = observed.mounts
    .filter(({kind}) => kind === 'bind')
    .map((mount) => ({
      path: plainPath(mount.source),
      writes: !mount.readOnly || isCopied(policyOf(container, mount)),
      isNew: landingOf(target.survey, mount)?.exists === false,
    }));
  const others = (engine.binds?.(observed) ?? [])
    .map(plainPath)
    .filter((path) => mounted.every((each) => each.path !== path))
    .map((path) => ({path, writes: true, isNew: false}));
  const all = [...mounted, ...others].sort(
    (one, other) => Number(one.writes) - Number(other.writes),
  );
  // of a folder that is mounted twice, the one that is written counts
  return [...new Map(all.map((each) => [each.path, each])).values()];
}

/** What a copy of this container may do on its target, whatever the plan says of it. */
export function reachOf(
  container: Container,
  observed: ObservedContainer,
  engine: Engine,
  views: Views,
): Reach {
  const {source, target} = views;
  const folders = [source, target].flatMap(({survey}) => survey?.usage?.engineFolders ?? []);
  const paths = pathsOf(container, observed, engine, target);
  const binds = paths
    .filter(({path, writes}) => isPowerfulPath(path, writes, folders))
    .map(({path, writes}): Power => ({kind: 'bind', of: writes ? path : `${path}:ro`}));
  return {powers: distinctPowers([...engine.powers(observed), ...binds]), paths};
}

/** Who may write a folder may read it, too. */
const isAllowed = (power: Power, allow: readonly string[]): boolean => {
  const word = wordOf(power);
  return (
    allow.includes(word) || (power.kind === 'bind' && allow.includes(word.replace(/:ro$/, '')))
  );
};

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

/** Why a copy may not be made: its source asks for power over the target that the plan does not give. */
export function allowRefusals(
  {name, allow = []}: Container,
  {powers}: Reach,
  target: HostView,
): readonly Refusal[] {
  const missing = powers.filter((power) => !isAllowed(power, allow));
  if (missing.length === 0) return [];
  return [
    {
      code: 'not-allowed',
      message: `"${name}" could become root on ${target.host}: ${missing.map(wordOf).join(', ')}`,
      remedy: `if that is meant, add this to the container in the plan: ${allowLine(powers)}`,
    },
  ];
}

/** The same for a checkpoint that is restored: what stays on its host has no more there than it had. */
export const allowRefusalsBetween = (
  container: Container,
  described: ObservedContainer,
  engine: Engine,
  views: Views,
): readonly Refusal[] =>
  views.source.host === views.target.host
    ? []
    : allowRefusals(container, reachOf(container, described, engine, views), views.target);

const listed = (paths: readonly HostPath[]): string =>
  paths.map(({path, isNew}) => (isNew ? `${path} (new)` : path)).join(', ');

/** One line each, for people: that it may become root there, and which folders of the host it has. */
export function describeReach({powers, paths}: Reach, host: HostName): readonly string[] {
  const [written, read] = [true, false].map((writes) =>
    listed(paths.filter((path) => path.writes === writes)),
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
