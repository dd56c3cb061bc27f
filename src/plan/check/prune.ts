import {isDataMap, ownValue, type Path} from '../parse/yaml-document.js';

/**
 * The data without what stands at the path. Of a list nothing is left, since the places of its other
 * items are counted.
 */
function without(data: unknown, path: Path): unknown {
  const [first, ...rest] = path;
  if (first === undefined || !isDataMap(data)) return data;
  const child = ownValue(data, first);
  const isWhole = rest.length === 0 || Array.isArray(child);
  const entries = Object.entries(data)
    .filter(([key]) => key !== first || !isWhole)
    .map(([key, value]): [string, unknown] => [key, key === first ? without(value, rest) : value]);
  return Object.fromEntries(entries);
}

/** The document without the parts at these paths, so that the rest of it can still be checked. */
export const prune = (data: unknown, paths: readonly Path[]): unknown =>
  paths.reduce((pruned, path) => without(pruned, path), data);
