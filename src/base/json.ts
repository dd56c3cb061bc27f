export {parseJson, parseParts} from './parse-json.js';

export type JsonRecord = Readonly<Record<string, unknown>>;

const nothing: JsonRecord = {};

/** Readers of JSON from outside: what has another shape reads as empty, so no reader throws. */
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asRecord = (value: unknown): JsonRecord => (isRecord(value) ? value : nothing);

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

const asFlag = (value: unknown): boolean => value === true;

/** A finite number, also when it is written as text (podman writes some ports so); else 0. */
function asNumber(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

export const asTexts = (value: unknown): readonly string[] =>
  asList(value).filter((each) => typeof each === 'string');

/** A record of texts; entries of other types are left out. */
export const asTextRecord = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(asRecord(value)).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** The value at a path of own keys, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    const record = asRecord(here);
    if (!Object.hasOwn(record, key)) return undefined;
    here = record[key];
  }
  return here;
}

export const textAt = (value: unknown, ...path: readonly string[]): string =>
  asText(at(value, ...path));

export const numberAt = (value: unknown, ...path: readonly string[]): number =>
  asNumber(at(value, ...path));

export const flagAt = (value: unknown, ...path: readonly string[]): boolean =>
  asFlag(at(value, ...path));

export const textsAt = (value: unknown, ...path: readonly string[]): readonly string[] =>
  asTexts(at(value, ...path));
