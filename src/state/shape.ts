import type {Form} from '../base/host-words.js';

/**
 * What is read back from a disk may have been torn, or written by another version: it is looked at down
 * to its last field before anything is believed of it.
 */
export type Check = (value: unknown) => boolean;

export const text: Check = (value) => typeof value === 'string';
export const flag: Check = (value) => typeof value === 'boolean';
export const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);

export const date: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));

export const ofForm =
  ({fits}: Form): Check =>
  (value) =>
    typeof value === 'string' && fits(value);

export const one =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const list =
  (of: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(of);

export const record =
  (of: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(of);

export type Shape = Readonly<Record<string, Check>>;

/** The first key that does not hold what it should; those that may be absent are looked at where they are. */
export const wrongKey = (
  value: Readonly<Record<string, unknown>>,
  needed: Shape,
  optional: Shape = {},
): string | undefined =>
  Object.entries(needed).find(([key, check]) => !check(value[key]))?.[0] ??
  Object.entries(optional).find(
    ([key, check]) => value[key] !== undefined && !check(value[key]),
  )?.[0];

/** Keys that are not named may hold anything; those that may be absent are. */
export const shape =
  (needed: Shape, optional: Shape = {}): Check =>
  (value) =>
    isObject(value) && wrongKey(value, needed, optional) === undefined;
