import {imageReference} from './image.js';
import {endpoints, mainNetwork, type Endpoint} from './endpoints.js';
import type {Pair} from '../engine.js';
import {
  asList,
  asRecord,
  at,
  flagAt,
  isRecord,
  textAt,
  textsAt,
  type JsonRecord,
} from '../../base/json.js';

/** What docker's API is told to make the same container again. */
export interface Body {
  readonly create: JsonRecord;
  /** Networks that it joins afterwards, one by one: APIs before 1.44 take no more than one at the creation. */
  readonly joins: readonly Endpoint[];
}

/** docker gives the short ID, and on the host's network the host's own name; those are not asked for. */
export function askedHostname(raw: unknown, hostName: string): string {
  const hostname = textAt(raw, 'Config', 'Hostname');
  if (hostname === textAt(raw, 'Id').slice(0, 12)) return '';
  const onHost =
    textAt(raw, 'HostConfig', 'NetworkMode') === 'host' ||
    textAt(raw, 'HostConfig', 'UTSMode') === 'host';
  return onHost && hostname === hostName.split('.')[0] ? '' : hostname;
}

/** `src:dst:options` → `dst` */
const destinationOf = (bind: string): string => bind.split(':')[1] ?? bind;

/**
 * What `.Mounts` tells and no setting names: anonymous volumes, which keep their names on the target,
 * and what came from another container (`--volumes-from`).
 */
function addedMounts(raw: unknown): readonly JsonRecord[] {
  const host = at(raw, 'HostConfig');
  const named = new Set([
    ...textsAt(host, 'Binds').map(destinationOf),
    ...asList(at(host, 'Mounts')).map((mount) => textAt(mount, 'Target')),
  ]);
  return asList(at(raw, 'Mounts'))
    .filter((mount) => ['volume', 'bind'].includes(textAt(mount, 'Type')))
    .filter((mount) => !named.has(textAt(mount, 'Destination')))
    .map((mount) => {
      const type = textAt(mount, 'Type');
      const propagation = textAt(mount, 'Propagation');
      return {
        Type: type,
        Source: type === 'volume' ? textAt(mount, 'Name') : textAt(mount, 'Source'),
        Target: textAt(mount, 'Destination'),
        ReadOnly: !flagAt(mount, 'RW'),
        ...(type === 'bind' && propagation !== '' && {BindOptions: {Propagation: propagation}}),
      };
    });
}

/** An anonymous volume of `--mount` has no name in the settings; its content needs one. */
function withName(raw: unknown, mount: unknown): JsonRecord {
  const known = asRecord(mount);
  if (textAt(known, 'Type') !== 'volume' || textAt(known, 'Source') !== '') return known;
  const told = asList(at(raw, 'Mounts')).find(
    (each) => textAt(each, 'Destination') === textAt(known, 'Target'),
  );
  return {...known, Source: textAt(told, 'Name')};
}

function hostConfig(raw: unknown): JsonRecord {
  const host = asRecord(at(raw, 'HostConfig'));
  const mounts = asList(host['Mounts']).map((mount) => withName(raw, mount));
  return {
    ...host,
    ContainerIDFile: '',
    VolumesFrom: null,
    NetworkMode: mainNetwork(raw),
    Mounts: [...mounts, ...addedMounts(raw)],
    // Put back before the commit point; until then the engine must not start it by itself.
    RestartPolicy: {Name: 'no'},
  };
}

/** The name of the source host, as its docker tells it. */
export const hostNameOf = (survey: Pair['source']): string => textAt(survey.raw, 'info', 'Name');

/**
 * From what `docker container inspect` tells to what docker's API takes: those are the same words, so
 * nothing has to be translated into options of a command line, most of which cannot say all that the
 * settings can (a health check that is a list, an entrypoint of two words, masked paths), and which
 * every user of the host could read. `pinned`: it keeps the addresses that it has.
 */
export function createBody(pair: Pair, pinned: boolean): Body {
  const {raw} = pair.container;
  const config = asRecord(at(raw, 'Config'));
  const hostname = askedHostname(raw, hostNameOf(pair.source));
  const [first, ...joins] = endpoints(pair, pinned);
  return {
    create: {
      ...config,
      Hostname: hostname,
      ...(hostname === '' && {Domainname: ''}),
      Image: imageReference(pair),
      // null would mean the image's own
      Entrypoint: Array.isArray(config['Entrypoint']) ? config['Entrypoint'] : [],
      HostConfig: hostConfig(raw),
      ...(first &&
        isRecord(first.settings) && {
          NetworkingConfig: {EndpointsConfig: {[first.network]: first.settings}},
        }),
    },
    joins,
  };
}
