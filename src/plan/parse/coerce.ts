import {findShapeErrors, isPlanDocument} from '../check/schema.js';
import {pathKey} from './interpolate.js';
import {readPointer} from '../check/schema-findings.js';
import {isDataMap, type Path} from './yaml-document.js';

function readAs(type: unknown, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (type === 'integer' && /^(?:0|-?[1-9][0-9]{0,14})$/u.test(text)) return Number(text);
  if (type === 'boolean' && /^(?:true|false)$/u.test(text)) return text === 'true';
  return text;
}

function replace(data: unknown, path: Path, change: (value: unknown) => unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return change(data);
  if (Array.isArray(data)) {
    return data.map((item: unknown, index) =>
      String(index) === first ? replace(item, rest, change) : item,
    );
  }
  if (!isDataMap(data)) return data;
  const entries = Object.entries(data).map(([key, value]): [string, unknown] => [
    key,
    key === first ? replace(value, rest, change) : value,
  ]);
  return Object.fromEntries(entries);
}

/**
 * A value from the environment is text. Where the plan language wants a number or a truth value, and the
 * text is exactly one, it is read as that.
 */
export function coerce(data: unknown, touched: ReadonlySet<string>): unknown {
  if (touched.size === 0 || isPlanDocument(data)) return data;
  return findShapeErrors(data).reduce((coerced, {keyword, instancePath, params}) => {
    const path = readPointer(instancePath);
    if (keyword !== 'type' || !touched.has(pathKey(path))) return coerced;
    return replace(coerced, path, (value) => readAs(params['type'], value));
  }, data);
}
