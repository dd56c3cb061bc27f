import {findCure} from './find-cure.js';
import type {Finding} from './finding.js';
import {quote, quoteSome} from '../parse/quote.js';
import {meantPower} from './powers.js';
import {suggest} from './suggest.js';
import type {SchemaError} from '../generated/validate-document.js';
import {isDataMap, type Path} from '../parse/yaml-document.js';

/** Words of the language that this version knows of and does not read. */
const later: ReadonlySet<string> = new Set([
  'evacuate',
  'windows',
  'reconcile',
  'reserve',
  'placement',
  'select',
]);

/** Where a key belongs that people write one level too high. */
const homes: ReadonlyMap<string, string> = new Map([
  ['parallel', 'limits'],
  ['perHost', 'limits'],
  ['bandwidth', 'limits'],
  ['downtime', 'budget'],
  ['total', 'budget'],
  ['tcp', 'verify'],
  ['http', 'verify'],
  ['exec', 'verify'],
  ['every', 'checkpoints'],
  ['keep', 'checkpoints'],
  ['maxAge', 'checkpoints'],
  ['maxSize', 'checkpoints'],
  ['strategy', 'defaults'],
  ['budget', 'defaults'],
  ['connections', 'defaults'],
  ['verify', 'defaults'],
  ['volumes', 'defaults'],
  ['allow', 'defaults'],
  ['identity', 'ssh'],
  ['knownHosts', 'ssh'],
]);

/** Keys of a host that people write below a container. */
const ofHosts: ReadonlySet<string> = new Set(['engine', 'address', 'peerAddress', 'labels']);

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a map',
  array: 'a list',
  integer: 'a whole number',
  boolean: 'true or false',
};

/** Kinds of text that say more to the author than that they are text. */
const measures: ReadonlySet<string> = new Set(['duration', 'rate', 'size', 'age']);

export const readPointer = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the schema calls values of this shape, such as `duration`. */
function readKind(schema: SchemaError['parentSchema']): string {
  const title = text(schema['title']);
  return title === 'URL' ? title : title.toLowerCase();
}

/** The first sentence of a description, as it may stand inside another. */
function readDescription(schema: unknown): string {
  const description = isDataMap(schema) ? text(schema['description']) : '';
  const first = description.split(/\.(?:\s|$)/u)[0] ?? '';
  return /^[A-Z][a-z ]/u.test(first) ? first.charAt(0).toLowerCase() + first.slice(1) : first;
}

/** How a value at the path is called in a sentence. */
function nameValue(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the plan';
  if (!/^[0-9]+$/u.test(last)) return quote(last);
  return `item ${Number(last) + 1} of ${nameValue(path.slice(0, -1))}`;
}

function describe(data: unknown): string {
  if (data === null || data === undefined) return 'empty';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a map';
  if (typeof data === 'string') return quote(data);
  return `${typeof data === 'number' ? 'the number ' : ''}${JSON.stringify(data)}`;
}

function wrongType(error: SchemaError, path: Path): Finding {
  const {data, params, parentSchema} = error;
  const types = [params['type']].flat().map(text);
  const kind = readKind(parentSchema);
  const measure = measures.has(kind) ? `a ${kind}` : undefined;
  const wanted = measure ?? types.map((type) => typeNames[type] ?? type).join(' or ');
  const message = `${nameValue(path)} is ${describe(data)}, and must be ${wanted}`;
  const cure = measure === undefined ? findCure(data, types, parentSchema) : undefined;
  const description = readDescription(parentSchema);
  const described = typeof parentSchema['pattern'] === 'string' && description !== '';
  const remedy = cure ?? (measure !== undefined || described ? `write ${description}` : undefined);
  const part = data === null ? 'key' : 'value';
  return {code: 'wrong-type', message, path, part, ...(remedy !== undefined && {remedy})};
}

function unknownKey(path: Path, key: string, schema: SchemaError['parentSchema']): Finding {
  const properties = schema['properties'];
  const allowed = isDataMap(properties) ? Object.keys(properties) : [];
  const base = {path: [...path, key], part: 'key' as const};
  if (later.has(key)) {
    const message = `${quote(key)} is not supported yet by this version`;
    return {...base, code: 'unsupported-key', message, remedy: 'remove it'};
  }
  if (key === '<<') {
    const message = 'merge keys are not part of YAML 1.2';
    const remedy = 'put what is shared in "defaults", or write the alias as a whole value';
    return {...base, code: 'merge-key', message, remedy};
  }
  const home = homes.get(key);
  const near = suggest(key, allowed);
  const known = `the keys here are ${quoteSome(allowed, 'and')}`;
  const moved = home !== undefined && allowed.includes(home) ? home : undefined;
  const isOfHost = ofHosts.has(key) && allowed.includes('on');
  const remedy = isOfHost
    ? `it says something of a host: put it below that host, in "hosts"`
    : moved === undefined
      ? (near ?? known)
      : `put it into ${quote(moved)}`;
  return {...base, code: 'unknown-key', message: `unknown key ${quote(key)}`, remedy};
}

function missingKey(path: Path, key: string, schema: SchemaError['parentSchema']): Finding {
  const properties = schema['properties'];
  const description = readDescription(isDataMap(properties) ? properties[key] : undefined);
  const message = `${nameValue(path)} has no ${quote(key)}`;
  const remedy = description === '' ? `add ${quote(key)}` : `add ${quote(key)}: ${description}`;
  return {code: 'missing-key', message, remedy, path, part: 'key'};
}

function malformed(error: SchemaError, path: Path): Finding {
  const kind = readKind(error.parentSchema);
  const isName = error.propertyName !== undefined;
  const written = error.propertyName ?? text(error.data);
  const article = /^[aeiou]/u.test(kind) ? 'an' : 'a';
  return {
    code: `bad-${kind.toLowerCase().replaceAll(' ', '-')}`,
    message: `${quote(written)} is not ${article} ${kind}`,
    remedy:
      (kind === 'power' ? meantPower(written) : undefined) ??
      `write ${readDescription(error.parentSchema)}`,
    path: isName ? [...path, written] : path,
    part: isName ? 'key' : 'value',
  };
}

/** Files on hosts and on this machine are named after what has a name in a plan. */
function tooLong(error: SchemaError, path: Path): Finding {
  const written = error.propertyName ?? text(error.data);
  const limit = text(String(error.params['limit']));
  return {
    code: 'too-long',
    message: `${quote(written)} has ${written.length} characters, and a ${readKind(error.parentSchema)} has at most ${limit}`,
    remedy: 'rename it: files are named after it, with something added',
    path: error.propertyName === undefined ? path : [...path, written],
    part: error.propertyName === undefined ? 'value' : 'key',
  };
}

function unknownWord(error: SchemaError, path: Path): Finding {
  const allowed = (error.parentSchema['enum'] as readonly string[] | undefined) ?? ['cm/v1'];
  const code = error.keyword === 'const' ? 'unknown-version' : 'unknown-value';
  const written = text(error.data);
  if (typeof error.data !== 'string') {
    const finding = wrongType({...error, params: {type: 'string'}}, path);
    return {...finding, remedy: `write ${quoteSome(allowed, 'or')}`};
  }
  const message = `${nameValue(path)} cannot be ${quote(written)}`;
  const isLater = code === 'unknown-version' && /^cm\/v\d{1,3}$/u.test(written);
  const remedy = isLater
    ? `this cm reads ${quoteSome(allowed, 'and')} only: use a cm that reads ${quote(written)}, or rewrite the plan for ${quoteSome(allowed, 'or')}`
    : (suggest(written, allowed) ?? `write ${quoteSome(allowed, 'or')}`);
  return {code, message, remedy, path};
}

function outOfRange({keyword, data, params}: SchemaError, path: Path): Finding {
  const bound = keyword === 'minimum' ? 'at least' : 'at most';
  const limit = String(params['limit']);
  const message = `${nameValue(path)} is ${describe(data)}, and must be ${bound} ${limit}`;
  return {code: 'out-of-range', message, path};
}

const emptyValue = (_: SchemaError, path: Path): Finding => ({
  code: 'empty-value',
  message: `${nameValue(path)} is empty, and must have something in it`,
  path,
});

/** By keyword of the schema. `propertyNames` and the like are absent: they repeat what another error says better. */
const writers: Readonly<Record<string, (error: SchemaError, path: Path) => Finding>> = {
  required: ({params, parentSchema}, path) =>
    missingKey(path, text(params['missingProperty']), parentSchema),
  additionalProperties: ({params, parentSchema}, path) =>
    unknownKey(path, text(params['additionalProperty']), parentSchema),
  type: wrongType,
  enum: unknownWord,
  const: unknownWord,
  pattern: malformed,
  maxLength: tooLong,
  minimum: outOfRange,
  maximum: outOfRange,
  minItems: emptyValue,
  minProperties: emptyValue,
};

/** What a disagreement with the schema means to the author of the plan. */
export const toFinding = (error: SchemaError): Finding | undefined =>
  writers[error.keyword]?.(error, readPointer(error.instancePath));
