import {Document, isMap, isScalar, parseDocument, type Pair, type Scalar, type YAMLMap} from 'yaml';
import type {EngineName, SshSettings, Strategy, WantedState} from './plan.js';
import {err, ok, type Result} from '../base/result.js';

export interface WrittenHost {
  readonly name: string;
  readonly address: string;
  readonly engine?: EngineName;
  readonly peerAddress?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ssh: SshSettings;
}

export interface WrittenContainer {
  readonly name: string;
  readonly on: string;
  readonly strategy?: readonly Strategy[];
  readonly state?: WantedState;
  readonly dependsOn?: readonly string[];
  /** Lines above it. */
  readonly above?: readonly string[];
  /** Behind it, on its line. */
  readonly note?: string;
}

/** What a plan file is to say. Texts of comments may be anything; names must be names of the plan language. */
export interface WrittenPlan {
  readonly name: string;
  readonly hosts: readonly WrittenHost[];
  readonly containers: readonly WrittenContainer[];
  /** `relay`: through the machine of the runner. */
  readonly transfer?: 'relay';
  /** Lines at the end. */
  readonly end?: readonly string[];
}

const format = {lineWidth: 0, flowCollectionPadding: false} as const;

/** A text from elsewhere, as it can stand in a comment: on one line, and with nothing that ends one. */
const commented = (text: string): string => ` ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`;

const comment = (lines: readonly string[]): string => lines.map(commented).join('\n');

function hostNode(document: Document, written: WrittenHost): YAMLMap {
  const {address, peerAddress, engine, labels = {}, ssh} = written;
  const node = document.createNode({
    address,
    ...(peerAddress !== undefined && {peerAddress}),
    ...(engine !== undefined && {engine}),
    ...(Object.keys(labels).length > 0 && {labels}),
    ...(Object.keys(ssh).length > 0 && {ssh}),
  });
  node.flow = true;
  return node;
}

function containerNode(document: Document, written: WrittenContainer): YAMLMap {
  const {on, strategy, state, dependsOn = [], note} = written;
  const [only, ...more] = strategy ?? [];
  const node = document.createNode({
    on,
    ...(only !== undefined && {strategy: more.length === 0 ? only : strategy}),
    ...(state !== undefined && {state}),
    ...(dependsOn.length > 0 && {dependsOn}),
  });
  node.flow = true;
  if (note !== undefined) node.comment = commented(note);
  return node;
}

/** The map under a key of the document, made when it is not there; undefined when something else is there. */
function mapAt(document: Document, key: string): YAMLMap | undefined {
  const found = document.get(key, true);
  if (isMap(found)) return found;
  if (found !== undefined) return undefined;
  const made = document.createNode({});
  document.set(key, made);
  return made;
}

/** The pair under a name, however the key is written: `123` and `"123"` are one name of a plan. */
const pairAt = (map: YAMLMap, name: string): Pair | undefined =>
  map.items.find(({key}) => String(isScalar(key) ? key.value : key) === name);

const textAt = (node: unknown, key: string): string | undefined => {
  const value: unknown = isMap(node) ? node.get(key) : undefined;
  return typeof value === 'string' ? value : undefined;
};

/** A host of the file that is this one: the same address, and no other engine. */
const isHost = ({value}: Pair, {address, engine}: WrittenHost): boolean => {
  const known = textAt(value, 'engine');
  const same = engine === undefined || known === undefined || known === engine;
  return textAt(value, 'address') === address && same;
};

/** Adds the hosts that the map lacks. What each is called there: a name may be another machine's by now. */
function addHosts(
  document: Document,
  hosts: YAMLMap,
  written: readonly WrittenHost[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const each of written) {
    const known = hosts.items.find((pair) => isHost(pair, each));
    if (known) {
      names.set(each.name, String(isScalar(known.key) ? known.key.value : known.key));
      continue;
    }
    let name = each.name;
    for (let count = 2; pairAt(hosts, name); count += 1) name = `${each.name}-${count}`;
    names.set(each.name, name);
    hosts.add(document.createPair(name, hostNode(document, each)));
  }
  return names;
}

function addContainer(document: Document, containers: YAMLMap, written: WrittenContainer): void {
  const {name, above = []} = written;
  const pair = document.createPair(name, containerNode(document, written));
  if (above.length > 0) (pair.key as Scalar).commentBefore = comment(above);
  containers.add(pair);
}

/** A new plan file. */
export function writePlan({name, hosts, containers, transfer, end = []}: WrittenPlan): string {
  const document = new Document({
    apiVersion: 'cm/v1',
    name,
    ...(transfer && {transfer}),
    hosts: {},
    containers: {},
  });
  const [hostMap, containerMap] = [mapAt(document, 'hosts'), mapAt(document, 'containers')];
  if (hostMap) addHosts(document, hostMap, hosts);
  if (containerMap) for (const each of containers) addContainer(document, containerMap, each);
  for (const key of ['hosts', 'containers']) spaceBefore(document, key);
  if (end.length > 0) document.comment = comment(end);
  return document.toString(format);
}

function spaceBefore(document: Document, key: string): void {
  const pair = isMap(document.contents)
    ? document.contents.items.find((each) => String(each.key) === key)
    : undefined;
  if (pair) (pair.key as Scalar).spaceBefore = true;
}

/** Why a map cannot be changed without changing something else. */
const shared = (name: string, node: {readonly anchor?: string} | undefined): string | undefined =>
  node?.anchor === undefined ? undefined : `${name} has the anchor &${node.anchor}`;

const isNode = (value: unknown): value is {readonly anchor?: string} =>
  typeof value === 'object' && value !== null;

/** Puts a container where it is now; why it cannot be, where it cannot. */
function updateContainer(
  document: Document,
  containers: YAMLMap,
  written: WrittenContainer,
): string | undefined {
  const {name, on} = written;
  const known = pairAt(containers, name);
  if (!known) {
    addContainer(document, containers, written);
    return undefined;
  }
  const {value} = known;
  if (!isMap(value)) return `containers.${name} is not a map`;
  if (value.get('on') === on) return undefined;
  const old = value.get('on', true);
  const why =
    shared(`containers.${name}`, value) ??
    shared(`on of containers.${name}`, isNode(old) ? old : undefined);
  if (why === undefined) value.set('on', on);
  return why;
}

function whyNoPlan(document: Document): string | undefined {
  const [wrong] = document.errors;
  if (wrong?.code === 'MULTIPLE_DOCS') return 'it has several documents';
  if (wrong) return wrong.message.split('\n')[0];
  return textAt(document.contents, 'apiVersion') === 'cm/v1' ? undefined : 'it is no plan of cm/v1';
}

/**
 * The text of a plan file with what it lacks: hosts, containers, and the host that a container is on now. Comments, order and
 * everything else stay. Fails when the text is not one plan, or when the change would reach more than these containers.
 */
export function updatePlan(
  text: string,
  {hosts, containers}: Omit<WrittenPlan, 'name'>,
): Result<string, string> {
  const document: Document = parseDocument(text);
  const unfit = whyNoPlan(document);
  if (unfit !== undefined) return err(unfit);
  const [hostMap, containerMap] = [mapAt(document, 'hosts'), mapAt(document, 'containers')];
  if (!hostMap || !containerMap) return err('"hosts" or "containers" is not a map');
  const anchored = shared('"hosts"', hostMap) ?? shared('"containers"', containerMap);
  if (anchored !== undefined) return err(anchored);
  const names = addHosts(document, hostMap, hosts);
  for (const each of containers) {
    const on = names.get(each.on) ?? each.on;
    const why = updateContainer(document, containerMap, {...each, on});
    if (why !== undefined) return err(why);
  }
  const updated = document.toString(format);
  return ok(text.includes('\r\n') ? updated.replaceAll('\n', '\r\n') : updated);
}
