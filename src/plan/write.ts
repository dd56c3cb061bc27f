import {Document, isMap, parseDocument, type Scalar, type YAMLMap} from 'yaml';
import type {EngineName, SshSettings, Strategy, WantedState} from './plan.js';
import {err, ok, type Result} from '../base/result.js';

export interface WrittenHost {
  readonly name: string;
  readonly address: string;
  readonly engine?: EngineName;
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
  /** Lines at the end. */
  readonly end?: readonly string[];
}

const format = {lineWidth: 0, flowCollectionPadding: false} as const;

/** A text from elsewhere, as it can stand in a comment: on one line, and with nothing that ends one. */
const commented = (text: string): string => ` ${text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')}`;

const comment = (lines: readonly string[]): string => lines.map(commented).join('\n');

function hostNode(document: Document, {address, engine, ssh}: WrittenHost): YAMLMap {
  const node = document.createNode({
    address,
    ...(engine !== undefined && {engine}),
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

function addHosts(document: Document, hosts: YAMLMap, written: readonly WrittenHost[]): void {
  for (const each of written)
    if (!hosts.has(each.name)) hosts.add(document.createPair(each.name, hostNode(document, each)));
}

function addContainer(document: Document, containers: YAMLMap, written: WrittenContainer): void {
  const {name, above = []} = written;
  const pair = document.createPair(name, containerNode(document, written));
  if (above.length > 0) (pair.key as Scalar).commentBefore = comment(above);
  containers.add(pair);
}

/** A new plan file. */
export function writePlan({name, hosts, containers, end = []}: WrittenPlan): string {
  const document = new Document({apiVersion: 'cm/v1', name, hosts: {}, containers: {}});
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

/**
 * The text of a plan file with what it lacks: hosts, containers, and the host that a container is on now. Comments, order and
 * everything else stay. Fails when the text is not one document with maps where hosts and containers are.
 */
export function updatePlan(
  text: string,
  {hosts, containers}: Omit<WrittenPlan, 'name'>,
): Result<string, string> {
  const document: Document = parseDocument(text);
  const [wrong] = document.errors;
  if (wrong) return err(wrong.message.split('\n')[0] ?? wrong.message);
  const [hostMap, containerMap] = [mapAt(document, 'hosts'), mapAt(document, 'containers')];
  if (!hostMap || !containerMap) return err('"hosts" or "containers" is not a map');
  addHosts(document, hostMap, hosts);
  for (const each of containers) {
    const known = containerMap.get(each.name, true);
    if (known === undefined) addContainer(document, containerMap, each);
    else if (!isMap(known)) return err(`containers.${each.name} is not a map`);
    else if (known.get('on') !== each.on) known.set('on', each.on);
  }
  return ok(document.toString(format));
}
