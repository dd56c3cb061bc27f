import type {ObservedContainer} from '../facts.js';
import {gateFor} from '../criu/gate.js';

/**
 * One table a container. By name, since the container has another ID on the other host: 32 bits of
 * FNV-1a, as names may be longer than a table's name and hold other letters.
 */
export function dockerGateTable({name}: Pick<ObservedContainer, 'name'>): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return `cm_d${(hash >>> 0).toString(16).padStart(8, '0')}`;
}

/** See `gateFor`; docker calls the device of a macvlan or ipvlan network its option `parent`. */
export const gateText = gateFor(
  `docker network inspect --format '{{if or (eq .Driver "macvlan") (eq .Driver "ipvlan")}}{{index .Options "parent"}}{{end}}' -- "$1"`,
);
