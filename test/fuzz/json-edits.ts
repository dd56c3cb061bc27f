import type {Edit} from './mutate.js';
import type {Random} from './random.js';

const scalars: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  9007199254740993,
  '',
  ' ',
  '0',
  'x',
  '\0',
  '\u001b[2J',
  '../../etc/passwd',
  'running',
  '0001-01-01T00:00:00Z',
  [],
  {},
  [[]],
  [null],
  [{}],
  {'': ''},
];

function deep(random: Random): unknown {
  let value: unknown = random.pick(scalars);
  for (let level = random.below(random.chance(0.1) ? 2000 : 30); level > 0; level -= 1)
    value = random.chance(0.5) ? [value] : {x: value};
  return value;
}

const other = (random: Random): unknown =>
  random.chance(0.1) ? deep(random) : random.pick(scalars);

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Goes down by chance, and changes what it comes to. */
export function changedTree(value: unknown, random: Random): unknown {
  if (!isTree(value)) return other(random);
  const keys = Object.keys(value);
  const key = keys.length > 0 ? random.pick(keys) : undefined;
  if (key === undefined || random.chance(0.05)) return other(random);
  const copy: Tree | unknown[] = Array.isArray(value) ? [...(value as unknown[])] : {...value};
  const tree = copy as Tree;
  const what = random.next();
  if (what < 0.75) tree[key] = changedTree(value[key], random);
  else if (what < 0.85) Reflect.deleteProperty(tree, key);
  else if (what < 0.95) tree[`${key}${random.pick(['2', ' ', '\0', ''])}`] = other(random);
  else if (Array.isArray(copy)) copy.push(...(value as unknown as unknown[]));
  else Object.defineProperty(tree, '__proto__', {value: other(random), enumerable: true});
  return copy;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const changedJson = (text: string, random: Random): string | undefined => {
  const value = parsed(text);
  return isTree(value) ? JSON.stringify(changedTree(value, random)) : undefined;
};

/** Changes one stretch of lines that is JSON, if there is any: what stands between marks, or a line. */
const editStretch: Edit = (text, random) => {
  const parts = text.split(/(^@@cm\t.*$|^(?:record|manifest) (?=\{)|^lease [^:\n]*:)/m);
  const candidates = parts.flatMap((part, at) => (/^\s*[[{]/.test(part) ? [at] : []));
  if (candidates.length === 0) return text;
  const at = random.pick(candidates);
  const part = parts[at] ?? '';
  const whole = changedJson(part, random);
  if (whole !== undefined) return parts.toSpliced(at, 1, `\n${whole}\n`).join('');
  const lines = part.split('\n');
  const line = random.below(lines.length);
  const changed = changedJson(lines[line] ?? '', random) ?? lines[line] ?? '';
  return parts.toSpliced(at, 1, lines.toSpliced(line, 1, changed).join('\n')).join('');
};

/** Three of four edits keep the text JSON, so that readers come past their parser. */
export const jsonEdits = (edits: readonly Edit[]): readonly Edit[] => [
  ...Array<Edit>(edits.length * 3).fill(editStretch),
  ...edits,
];
