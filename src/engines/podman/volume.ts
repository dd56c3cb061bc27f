import type {Command} from '../../base/command.js';
import type {Pair} from '../engine.js';
import type {Mount} from '../facts.js';
import {boundFolder, labelsOf, makeVolume} from '../oci/volume-commands.js';

/** `podman volume create` takes labels on its command line alone; a claim for a volume is read from standard input. */
export function podmanVolume(pair: Pair, mount: Mount, at: string, scratch: string): Command {
  if (mount.kind !== 'volume') return boundFolder(pair, mount, at);
  const labels = labelsOf(pair, mount);
  const isLabelled = Object.keys(labels).length > 0;
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name: mount.name, labels},
  };
  const make = isLabelled
    ? 'podman kube play - >/dev/null'
    : 'podman volume create -- "$name" >/dev/null';
  return makeVolume('podman', make, isLabelled ? JSON.stringify(claim) : '', [
    mount.name,
    at,
    scratch,
  ]);
}
