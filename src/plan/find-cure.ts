import {quote} from './quote.js';

/** A command line as a list, when it is plain words; what only a shell understands is left to one. */
function writeArgv(line: string): string {
  const plain = /^[\w./:=@%+, -]+$/u.test(line);
  const words = plain ? line.split(' ').filter(Boolean) : ['sh', '-c', line];
  const written = words.map((word) => JSON.stringify(word).replaceAll('$', '$$$$'));
  return `[${written.join(', ')}]`;
}

function cureText(data: string, types: readonly string[], required: unknown): string | undefined {
  if (types.includes('object') && types.includes('array')) return `write {run: ${writeArgv(data)}}`;
  if (types.includes('array')) return `write it as a list: ${writeArgv(data)}`;
  if (types.includes('object') && Array.isArray(required)) {
    // Of what has many keys one is no example.
    if (required.length > 1) return 'write a key, a colon and a value on each line';
    return `write {${String(required[0])}: ${data}}`;
  }
  if (types.includes('integer') && /^[0-9]+$/u.test(data)) return 'take the quotes away';
  return types.includes('boolean') ? 'write true or false' : undefined;
}

/** How to write a value of the wrong type so that its type is right; undefined when that is not plain. */
export function findCure(
  data: unknown,
  types: readonly string[],
  required: unknown,
): string | undefined {
  if (data === null) return 'write its value after the colon, or indented below';
  if (typeof data === 'string') return cureText(data, types, required);
  if (Array.isArray(data) && types.includes('object')) {
    return 'write the name, a colon and the value in place of each dash';
  }
  const isScalar = typeof data === 'number' || typeof data === 'boolean';
  return isScalar && types.length === 1 && types[0] === 'string'
    ? `put it in quotes: ${quote(String(data))}`
    : undefined;
}
