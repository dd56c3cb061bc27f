import type {Pair} from '../engine.js';
import {asRecord, at, isRecord, textAt, textsAt, type JsonRecord} from '../../base/json.js';

/** One network that a container is in, and what it asked of it. */
export interface Endpoint {
  readonly network: string;
  /** As docker's API takes it. */
  readonly settings: JsonRecord;
}

/** Network drivers that put a container on the host's own wire, where its address can go along with it. */
export const onTheWire = (driver: string): boolean => driver === 'macvlan' || driver === 'ipvlan';

const networksOf = (raw: unknown): JsonRecord => asRecord(at(raw, 'NetworkSettings', 'Networks'));

/** The network's name where docker was given its ID; `default` is docker's word for `bridge`. */
export function mainNetwork(raw: unknown): string {
  const mode = textAt(raw, 'HostConfig', 'NetworkMode');
  const networks = Object.entries(networksOf(raw));
  if (mode === 'default' || networks.some(([name]) => name === mode)) return mode;
  const byId = networks.find(
    ([, settings]) => mode.length >= 12 && textAt(settings, 'NetworkID').startsWith(mode),
  );
  return byId?.[0] ?? mode;
}

/** Of versions before 25, which add the short ID by themselves. */
export const aliasesOf = (raw: unknown, settings: unknown): readonly string[] =>
  textsAt(settings, 'Aliases').filter((alias) => alias !== textAt(raw, 'Id').slice(0, 12));

/** What docker makes of an address where no MAC is asked for, before version 28: `02:42:` and its bytes. */
function madeOf(ip: string): string {
  const bytes = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}

/**
 * Later versions choose one by chance, which is told in the same place as one that was asked for. With an address that goes
 * along it is kept, since neighbours have it in their caches.
 */
export function askedMac(raw: unknown, settings: unknown, version: string): string {
  const mac = textAt(settings, 'MacAddress');
  if (mac === '') return '';
  if (mac === textAt(raw, 'Config', 'MacAddress')) return mac;
  const isRandom = Number.parseInt(version, 10) >= 28;
  if (isRandom && textAt(settings, 'IPAMConfig', 'IPv4Address') !== '') return mac;
  const chosen = isRandom || mac === madeOf(textAt(settings, 'IPAddress'));
  return chosen ? '' : mac;
}

function ipam(settings: unknown, pinned: boolean): JsonRecord | null {
  const asked = at(settings, 'IPAMConfig');
  const ip = textAt(settings, 'IPAddress');
  if (pinned && ip !== '') return {...asRecord(asked), IPv4Address: ip};
  return isRecord(asked) ? asked : null;
}

/**
 * What was asked of each network, the main one first. `pinned`: where a network is on the host's wire,
 * it keeps the address that it has, chosen by docker or not.
 */
export function endpoints(pair: Pair, pinned: boolean): readonly Endpoint[] {
  const {raw} = pair.container;
  const mode = textAt(raw, 'HostConfig', 'NetworkMode');
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return [];
  const drivers = new Map(pair.source.networks.map(({name, driver}) => [name, driver]));
  const main = mainNetwork(raw) === 'default' ? 'bridge' : mainNetwork(raw);
  return Object.entries(networksOf(raw))
    .sort(([a], [b]) => Number(b === main) - Number(a === main))
    .map(([network, settings]) => {
      const mac = askedMac(raw, settings, pair.sourceVersion);
      const {DriverOpts, GwPriority} = asRecord(settings);
      return {
        network,
        settings: {
          IPAMConfig: ipam(settings, pinned && onTheWire(drivers.get(network) ?? '')),
          Aliases: aliasesOf(raw, settings),
          ...(mac !== '' && {MacAddress: mac}),
          ...(isRecord(DriverOpts) && {DriverOpts}),
          ...(GwPriority !== undefined && GwPriority !== 0 && {GwPriority}),
        },
      };
    });
}
