import {readFileSync} from 'node:fs';
import type {Result} from '../../src/base/result.js';
import type {ObservedContainer} from '../../src/engines/facts.js';
import {readLook} from '../../src/engines/podman/look.js';

/** What a real host printed, as it came, but with shorter indentation. */
export const recording = (name: string): string =>
  readFileSync(new URL(`recordings/${name}.txt`, import.meta.url), 'utf8');

export function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** One of the containers that podman 5.4.2 described. */
export function recorded(name: string, from = 'podman-5.4.2-look'): ObservedContainer {
  const found = valueOf(readLook(recording(from))).containers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no container "${name}" in the recording "${from}"`);
  return found;
}
