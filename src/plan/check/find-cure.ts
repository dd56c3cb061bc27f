import {quote} from '../parse/quote.js';

/** A command line as a list, when it is plain words; what only a shell understands is left to one. */
function writeArgv(line: string): string {
  const plain = /^[\w./:=@%+, -]+$/u.test(line);
  const words = plain ? line.split(' ').filter(Boolean) : ['sh', '-c', line];
  const written = words.map((word) => JSON.stringify(word).replaceAll('$', '$$$$'));
  return `[${written.join(', ')}]`;
}

/** The schema of the value that is to be cured. */
type Schema = Readonly<Record<string, unknown>>;

/** The value would be right; a cure that leads to the next mistake is none. */
function fits({pattern, minimum = -Infinity, maximum = Infinity}: Schema, value: unknown): boolean {
  if (typeof value === 'string')
    return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value);
  return Number(value) >= Number(minimum) && Number(value) <= Number(maximum);
}

function cureNumber(data: string, schema: Schema): string {
  if (fits(schema, Number(data))) return 'take the quotes away';
  const [from, to] = ['minimum', 'maximum'].map((key) => JSON.stringify(schema[key] ?? null));
  return `write a number from ${from ?? ''}${to === 'null' ? ' on' : ` to ${to ?? ''}`}`;
}

function cureText(data: string, types: readonly string[], schema: Schema): string | undefined {
  const {required} = schema;
  if (types.includes('object') && types.includes('array')) return `write {run: ${writeArgv(data)}}`;
  if (types.includes('array')) return `write it as a list: ${writeArgv(data)}`;
  if (types.includes('object') && Array.isArray(required)) {
    // Of what has many keys one is no example.
    if (required.length > 1) return 'write a key, a colon and a value on each line';
    return `write {${String(required[0])}: ${data}}`;
  }
  if (types.includes('integer') && /^[0-9]+$/u.test(data)) return cureNumber(data, schema);
  return types.includes('boolean') ? 'write true or false' : undefined;
}

/** How to write a value of the wrong type so that it is right; undefined when that is not plain. */
export function findCure(
  data: unknown,
  types: readonly string[],
  schema: Schema,
): string | undefined {
  if (data === null) return 'write its value after the colon, or indented below';
  if (typeof data === 'string') return cureText(data, types, schema);
  if (Array.isArray(data) && types.includes('object')) {
    return 'write the name, a colon and the value in place of each dash';
  }
  const isScalar = typeof data === 'number' || typeof data === 'boolean';
  return isScalar && types.length === 1 && types[0] === 'string' && fits(schema, String(data))
    ? `put it in quotes: ${quote(String(data))}`
    : undefined;
}
