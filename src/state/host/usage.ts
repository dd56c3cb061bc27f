import {script, type Command} from '../../base/command.js';
import {containerId, line, shortName} from '../../base/host-words.js';
import {err, ok, type Result} from '../../base/result.js';
import type {
  FilesOwner,
  HostUsage,
  LandingFiles,
  LeftBehind,
  Mount,
  Tenant,
  TenantMount,
} from '../../engines/facts.js';
import {placeNames} from '../../base/host-places.js';
import {asList, asTexts, at, flagAt, parseJson, textAt} from '../../base/json.js';
import {sectionLines, sections, type Section} from '../../engines/host/sections.js';
import {readVolumes} from '../../engines/oci/volumes.js';
import {usageScript} from './usage-script.js';

/** Mounts that hold files of a host. */
const ofFiles = (mounts: readonly Mount[]) =>
  mounts.flatMap(({kind, name, source}) => {
    if (kind === 'tmpfs') return [];
    return [{mount: kind, value: kind === 'volume' ? name : source}];
  });

/** An engine's survey, and before its answer: who uses which files of the host, and what lies where mounts would go. */
export const withUsage = (
  engine: string,
  survey: Command,
  arriving: readonly Mount[],
): Command => ({
  ...script(
    survey.title ?? 'survey the host',
    usageScript,
    engine,
    ...ofFiles(arriving).flatMap(({mount, value}) => [mount, value]),
    '--',
    ...survey.argv,
  ),
  timeoutMs: 300_000,
});

/** By the path that a container was given: the same without symbolic links. */
type RealPaths = ReadonlyMap<string, string>;

const realPaths = (all: readonly Section[]): RealPaths =>
  new Map(
    all
      .filter(({name}) => name === 'real')
      .flatMap((section) => sectionLines([section], 'real'))
      .flatMap((line) => {
        const [path = '', real = '', more] = line.split('\t');
        return real.startsWith('/') && more === undefined ? [[path, real] as const] : [];
      }),
  );

function engineMount(raw: unknown, real: RealPaths): readonly TenantMount[] {
  const type = textAt(raw, 'Type');
  const source = textAt(raw, 'Source');
  if ((type !== 'bind' && type !== 'volume') || !source.startsWith('/')) return [];
  return [
    {
      ...(type === 'volume' && {volume: textAt(raw, 'Name')}),
      path: real.get(source) ?? source,
      readOnly: at(raw, 'RW') === false,
    },
  ];
}

/** One line of JSON for each container. */
const engineTenants = (section: Section, real: RealPaths): readonly Tenant[] =>
  sectionLines([section], 'tenants').flatMap((line) => {
    const raw = parseJson(line);
    if (!raw.ok || textAt(raw.value, 'Id') === '') return [];
    return [
      {
        engine: section.words[0] ?? '',
        id: textAt(raw.value, 'Id'),
        name: textAt(raw.value, 'Name').replace(/^\//, ''),
        running: flagAt(raw.value, 'Running'),
        mounts: asList(at(raw.value, 'Mounts')).flatMap((mount) => engineMount(mount, real)),
      },
    ];
  });

function bundleMount(raw: unknown, bundle: string, real: RealPaths): readonly TenantMount[] {
  const options = asTexts(at(raw, 'options'));
  const isBind = textAt(raw, 'type') === 'bind' || options.some((each) => /^r?bind$/.test(each));
  const source = textAt(raw, 'source');
  if (!isBind || source === '') return [];
  const path = source.startsWith('/') ? source : `${bundle}/${source}`;
  return [{path: real.get(path) ?? path, readOnly: options.includes('ro')}];
}

/** Its folder, and what its configuration mounts there. */
function bundleTenants(all: readonly Section[], real: RealPaths): readonly Tenant[] {
  return all.flatMap((section, index) => {
    if (section.name !== 'bundle') return [];
    const [engine = '', name = '', running] = section.words;
    const [path = ''] = sectionLines([section], 'bundle');
    if (!path.startsWith('/')) return [];
    const config = parseJson(all[index + 1]?.text ?? '');
    const mounts = asList(at(config.ok ? config.value : undefined, 'mounts'));
    return [
      {
        engine,
        id: name,
        name,
        running: running === 'running',
        mounts: [
          {path, readOnly: false},
          ...mounts.flatMap((each) => bundleMount(each, path, real)),
        ],
      },
    ];
  });
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

function readOwner(lines: readonly string[]): FilesOwner | undefined {
  const [run = '', container = '', lineage = ''] = lines;
  if (!shortName.fits(run) || !line.fits(container) || !containerId.fits(lineage)) return undefined;
  return {run, container, lineage};
}

function readLeftBehind(parts: readonly Section[]): LeftBehind | undefined {
  const lines = sectionLines(parts, 'left');
  const owner = readOwner(lines);
  const changed = wholeNumber(/^changed (\d+)$/.exec(lines.at(-1) ?? '')?.[1]);
  if (!owner || changed === undefined) return undefined;
  const examples = lines.slice(3).flatMap((line) => /^example (.*)$/.exec(line)?.[1] ?? []);
  return {...owner, changed, examples};
}

/** The sections after `landing N`, up to the next one. */
function landingParts(all: readonly Section[], index: number): readonly Section[] {
  const start = all.findIndex(({name, words}) => name === 'landing' && words[0] === `${index}`);
  if (start === -1) return [];
  const rest = all.slice(start + 1);
  const end = rest.findIndex(({name}) => name === 'landing' || name === 'end');
  return all.slice(start, start + 1 + (end === -1 ? rest.length : end));
}

function readLanding(
  all: readonly Section[],
  question: Pick<LandingFiles, 'mount' | 'value'>,
  index: number,
): readonly LandingFiles[] {
  const parts = landingParts(all, index);
  const [path = ''] = sectionLines(parts, 'landing');
  if (!path.startsWith('/')) return [];
  const [files, bytes] = (sectionLines(parts, 'counted')[0] ?? '').split(' ').map(wholeNumber);
  const leftBehind = readLeftBehind(parts);
  const arriving = readOwner(sectionLines(parts, 'arriving'));
  return [
    {
      mount: question.mount,
      value: question.value,
      path,
      ...(files !== undefined && bytes !== undefined && {files, bytes}),
      ...(parts.some(({name}) => name === 'endless') && {endless: true as const}),
      linkedOutside: wholeNumber(sectionLines(parts, 'linked')[0]) ?? 0,
      ...(leftBehind && {leftBehind}),
      ...(arriving && {arriving}),
    },
  ];
}

/** Lines in the order of the question; of a host that cannot tell there are none. */
function readAliases(all: readonly Section[]): NonNullable<HostUsage['aliases']> {
  const lines = sectionLines(all, 'places');
  if (lines.length !== placeNames.length) return [];
  return placeNames.flatMap((path, index) => {
    const real = lines[index] ?? '';
    return real === path || !real.startsWith('/') ? [] : [{path, real}];
  });
}

/** A folder whose place is not known could be any folder of the host. */
function unplaced(
  all: readonly Section[],
  arriving: readonly Mount[],
  landings: readonly LandingFiles[],
): readonly string[] {
  const asked = ofFiles(arriving).filter(
    ({mount}, index) => mount === 'bind' && landingParts(all, index).length > 0,
  );
  return asked.flatMap(({value}) =>
    landings.every((each) => each.value !== value) ? [value] : [],
  );
}

const end = '\n@@cm\tend\n';

/** What is odd in an answer is passed over; `rest` is the engine's. */
export function readUsage(
  stdout: string,
  arriving: readonly Mount[],
): Result<{readonly usage: HostUsage; readonly rest: string}, string> {
  const length = stdout.indexOf(end) + end.length;
  if (length < end.length) return err('the answer is cut off');
  const cut = sections(stdout.slice(0, length));
  if (!cut.ok) return cut;
  const all = cut.value;
  const volumes = readVolumes(
    all,
    arriving.filter(({kind}) => kind !== 'tmpfs'),
  );
  const real = realPaths(all);
  const landings = ofFiles(arriving).flatMap((question, index) =>
    readLanding(all, question, index),
  );
  const lost = unplaced(all, arriving, landings);
  const aliases = readAliases(all);
  const usage = {
    engineFolders: all
      .filter(({name}) => name === 'store')
      .flatMap((section) => sectionLines([section], 'store'))
      .filter((line) => line.startsWith('/') && line !== '/'),
    tenants: [
      ...all.flatMap((each) => (each.name === 'tenants' ? engineTenants(each, real) : [])),
      ...bundleTenants(all, real),
    ],
    landings,
    ...(lost.length > 0 && {unplaced: lost}),
    aliases,
    ...volumes,
  };
  return ok({usage, rest: stdout.slice(length)});
}
