import type {CommonSettings} from '../dialect.js';
import {isRoot} from './setting-parts.js';
import {asList, asRecord, isRecord, textAt, type JsonRecord} from '../../base/json.js';

/** Variables that engines set by themselves. */
const ownVariables = new Set(['PATH', 'TERM', 'HOME', 'HOSTNAME', 'container']);

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false)
    return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

/** Deeper than anything that engines tell: what is further down is damaged. */
const deepest = 40;

/** The same text for the same content, whatever the order of keys. */
function canonical(value: unknown, depth = 0): string {
  if (isEmpty(value)) return '';
  if (depth > deepest) return '…';
  if (Array.isArray(value))
    return `[${value.map((each) => canonical(each, depth + 1)).join(', ')}]`;
  if (!isRecord(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${key}=${canonical(each, depth + 1)}`)
    .join(', ');
}

type Line = readonly [key: string, value: string];

/** How the words are divided into what comes from the image and what does not is no difference. */
const programOf = ({config}: CommonSettings): string =>
  JSON.stringify([...asList(config['Entrypoint']), ...asList(config['Cmd'])]);

/** Docker tells all ports that were published as exposed, podman none. */
const notCompared = new Set(['Entrypoint', 'Cmd', 'Env', 'ExposedPorts', 'Labels']);

function variables({config}: CommonSettings): readonly Line[] {
  return asList(config['Env']).map((each): Line => {
    const [name = ''] = String(each).split('=');
    return [`variable ${name}`, String(each).slice(name.length)];
  });
}

function lines(settings: CommonSettings): ReadonlyMap<string, string> {
  const {config, host, networks, mounts} = settings;
  const fields = (record: JsonRecord): readonly Line[] =>
    Object.entries(record)
      .filter(([key]) => !notCompared.has(key))
      .map(([key, value]) => [key, canonical(value)]);
  return new Map<string, string>([
    ['program', programOf(settings)],
    ...fields(config),
    ...fields(host),
    ...variables(settings),
    ...Object.entries(asRecord(config['Labels'])).map(([name, value]): Line => [
      `label ${name}`,
      `"${canonical(value)}"`,
    ]),
    ...networks.map(({network, ips, mac, aliases}): Line => [
      `network ${network || 'by default'}`,
      ['joined', ...ips, mac, ...[...aliases].sort()].join(' ').trim(),
    ]),
    ...mounts.map(({kind, source, destination, readOnly, propagation}): Line => [
      `mount ${destination}`,
      [kind, source, readOnly ? 'ro' : 'rw', propagation].join(' ').trim(),
    ]),
    ...(settings.capabilities && isRoot(textAt(config, 'User'))
      ? [['capabilities', [...settings.capabilities].sort().join(' ')] as const]
      : []),
  ]);
}

const ownVariable = (key: string): boolean =>
  key.startsWith('variable ') && ownVariables.has(key.slice('variable '.length));

/** What was asked for and is not so in what was made, one line each. Values of variables may be secret and are never shown. */
export function commonDifferences(asked: CommonSettings, made: CommonSettings): readonly string[] {
  const was = lines(asked);
  const is = lines(made);
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => (was.get(key) ?? '') !== (is.get(key) ?? ''))
    .filter((key) => was.has(key) || !ownVariable(key))
    .filter((key) => was.has(key) || key !== 'capabilities')
    .map((key) =>
      key.startsWith('variable ')
        ? `${key}: differs`
        : `${key}: was "${was.get(key) ?? ''}", is "${is.get(key) ?? ''}"`,
    );
}
