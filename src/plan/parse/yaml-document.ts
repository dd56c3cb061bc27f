import type {Place} from '../../base/problem.js';

/** Keys and indexes from the root of a document down to a value. */
export type Path = readonly string[];

/** Which of the two to point at: the key of a path, or what stands there. */
export type Part = 'key' | 'value';

/** One YAML document: plain data, and where each part of it stands. */
export interface YamlDocument {
  readonly data: unknown;
  /**
   * Where the key or the value of a path stands; `within` narrows it to the first place in the value
   * where that text is written.
   */
  readonly place: (path: Path, part: Part, within?: string) => Place | undefined;
  /** Where the key of `containers.<name>` stands, as `file:line:col`. */
  readonly containerAt: (name: string) => string;
}

/** A map of the document, which may have keys such as `constructor`: look with Object.hasOwn first. */
export type DataMap = Readonly<Record<string, unknown>>;

export const isDataMap = (data: unknown): data is DataMap =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

/** What the map itself has under the key. */
export const ownValue = <T>(map: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(map, key) ? map[key] : undefined;
