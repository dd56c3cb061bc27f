import {asList, at, textAt} from '../../base/json.js';
import type {Pair, Refusal} from '../engine.js';

interface Subpath {
  readonly destination: string;
  readonly folder: string;
}

/** `--mount type=volume,source=data,destination=/data,subpath=a` */
function askedSubpath(option: string): readonly Subpath[] {
  const words = new Map(
    option.split(',').map((word) => [word.split('=')[0] ?? '', word.replace(/^[^=]*=?/, '')]),
  );
  const folder = words.get('subpath') ?? words.get('volume-subpath') ?? '';
  const destination = ['destination', 'dst', 'target'].map((key) => words.get(key));
  return folder === '' ? [] : [{folder, destination: destination.find(Boolean) ?? ''}];
}

/** Folders of volumes, as the descriptions of podman and docker have them and the command line asked for them. */
function subpathsOf(raw: unknown, options: readonly string[]): readonly Subpath[] {
  const told = [
    ...asList(at(raw, 'Mounts')).map((mount) => ({
      destination: textAt(mount, 'Destination'),
      folder: textAt(mount, 'SubPath'),
    })),
    ...asList(at(raw, 'HostConfig', 'Mounts')).map((mount) => ({
      destination: textAt(mount, 'Target'),
      folder: textAt(mount, 'VolumeOptions', 'Subpath'),
    })),
  ].filter(({folder}) => folder !== '');
  const asked = options.flatMap(askedSubpath);
  return [...new Map([...told, ...asked].map((each) => [each.destination, each])).values()];
}

/** The copy would have the whole volume in place of a folder of it. `options`: the values of `--mount`. */
export const subpathRefusals = (
  {container}: Pair,
  options: readonly string[] = [],
): readonly Refusal[] =>
  subpathsOf(container.raw, options).map(({destination, folder}) => ({
    code: 'mount-subpath',
    message: `the mount at "${destination}" is only the folder "${folder}" of its volume, and cm copies whole volumes`,
    remedy: 'put that folder into a volume of its own, and make the container with that',
  }));
