import {asTextRecord, at, textAt, textsAt} from '../../base/json.js';
import {createWords, optionValues} from './asked.js';

/** What must not stand on a command line, where every user of the host reads it. Each is the text of a file. */
export interface PrivateValues {
  /** For `--env-file`, a variable in each line. */
  readonly environment: string;
  /** For `--label-file`, a label in each line. */
  readonly labels: string;
  /** For `CONTAINERS_CONF_OVERRIDE`: annotations, which have no file of their own, and variables of several lines. */
  readonly configuration: string;
}

/** What podman writes by itself into every container, and what other flags bring along. */
export const ownAnnotation = (name: string): boolean =>
  /^(?:io\.container\.|io\.podman\.|org\.opencontainers\.image\.stopSignal$|org\.systemd\.property\.)/.test(
    name,
  );

/** `HOSTNAME` that only repeats the hostname is made by podman, as is `container`. */
export function ownVariable(raw: unknown, variable: string): boolean {
  return (
    variable === 'container=podman' || variable === `HOSTNAME=${textAt(raw, 'Config', 'Hostname')}`
  );
}

/**
 * A label that was asked for when the container was made, and that no option brings to another host.
 */
export function unwritableLabel(raw: unknown): string | undefined {
  const words = createWords(raw);
  const isAsked = (name: string): boolean =>
    words.includes('--label-file') ||
    optionValues(words, '-l', '--label').some((word) => word.split('=')[0] === name);
  return Object.entries(asTextRecord(at(raw, 'Config', 'Labels'))).find(
    ([name, value]) => !fitsInLine(`${name}=${value}`) && isAsked(name),
  )?.[0];
}

/** podman reads at most 64 KiB as a line, takes `#` for a comment and blanks in front of a name away. */
const fitsInLine = (pair: string): boolean =>
  /^[^\s#=][^\s=]*=[^\r\n]*$/.test(pair) && new TextEncoder().encode(pair).length < 60_000;

/** A basic string of TOML, whose escapes JSON has as well; the one control character that JSON leaves is DEL. */
const tomlString = (text: string): string =>
  JSON.stringify(text).replaceAll('\u007f', String.raw`\u007f`);

const tomlList = (name: string, values: readonly string[]): string =>
  values.length === 0 ? '' : `${name} = [${values.map(tomlString).join(', ')}]\n`;

const lines = (pairs: readonly string[]): string => pairs.map((pair) => `${pair}\n`).join('');

/**
 * Variables, labels and annotations of a container. A label that fits in no line is left to the image, which is where
 * such labels come from; when it is not the image's, the container that is made differs and the move ends there.
 */
export function privateValues(raw: unknown): PrivateValues {
  const variables = textsAt(raw, 'Config', 'Env').filter((variable) => !ownVariable(raw, variable));
  const pairs = (key: string): readonly (readonly [string, string])[] =>
    Object.entries(asTextRecord(at(raw, 'Config', key)));
  const labels = pairs('Labels').map(([name, value]) => `${name}=${value}`);
  const annotations = pairs('Annotations')
    .filter(([name]) => !ownAnnotation(name))
    .map(([name, value]) => `${name}=${value}`);
  const settings =
    tomlList(
      'env',
      variables.filter((variable) => !fitsInLine(variable)),
    ) + tomlList('annotations', annotations);
  return {
    environment: lines(variables.filter(fitsInLine)),
    labels: lines(labels.filter(fitsInLine)),
    configuration: settings === '' ? '' : `[containers]\n${settings}`,
  };
}
