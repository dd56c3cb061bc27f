import type {Command} from '../../base/command.js';
import type {Pair} from '../engine.js';
import type {Mount} from '../facts.js';
import {boundFolder, labelsOf, makeVolume} from '../oci/volume-commands.js';
import {apiText} from './api.js';

/** Labels come on standard input, since words of a command can be read by every user of the host. */
export function dockerVolume(pair: Pair, mount: Mount, at: string, scratch: string): Command {
  if (mount.kind !== 'volume') return boundFolder(pair, mount, at);
  const make = `${apiText}
  trap 'rm -f "$scratch/volume" "$scratch/answer"' EXIT
  (umask 077; cat > "$scratch/volume")
  api POST /volumes/create "$scratch/volume"`;
  const asked = {Name: mount.name, Labels: labelsOf(pair, mount)};
  return makeVolume('docker', make, JSON.stringify(asked), [mount.name, at, scratch]);
}
