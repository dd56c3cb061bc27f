import type {Finding} from '../check/finding.js';
import {quote} from './quote.js';
import {isDataMap, type DataMap, type Path} from './yaml-document.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A document whose scalars have the values of the environment in them. */
export interface Interpolated {
  readonly data: unknown;
  readonly findings: readonly Finding[];
  /** JSON of the paths that took something from the environment. */
  readonly touched: ReadonlySet<string>;
}

/** JSON of a path, to remember it by. */
export const pathKey = (path: Path): string => JSON.stringify(path);

const variable = /\$(?:\$|\{([^}]*)\}?)/gu;

const inside = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)(.*))?$/su;

/** More than are ever shown; finding the places of a hundred thousand takes long. */
const mostComplaints = 200;

/** The way back to the root; a path is made of it only where there is something to say. */
interface Trail {
  readonly key: string;
  readonly up: Trail | undefined;
}

function toPath(at: Trail | undefined): Path {
  const path: string[] = [];
  for (let step = at; step; step = step.up) path.push(step.key);
  return path.reverse();
}

const mayChange = (data: unknown): boolean =>
  typeof data === 'string' ? data.includes('$') : typeof data === 'object' && data !== null;

/** Told of each value that is put into a document. */
export type OnVariable = (name: string, value: string) => void;

class Interpolator {
  readonly findings: Finding[] = [];
  readonly touched = new Set<string>();

  private readonly complained = new Set<string>();
  private readonly env: Environment;
  private readonly onVariable: OnVariable | undefined;

  constructor(env: Environment, onVariable: OnVariable | undefined) {
    this.env = env;
    this.onVariable = onVariable;
  }

  /** The same object where nothing changes: most of a plan has no variables. */
  walk(data: unknown, at: Trail | undefined): unknown {
    if (typeof data === 'string') return this.fill(data, toPath(at));
    if (Array.isArray(data)) return this.walkList(data, at);
    return isDataMap(data) ? this.walkMap(data, at) : data;
  }

  private walkList(list: readonly unknown[], at: Trail | undefined): unknown {
    if (!list.some(mayChange)) return list;
    return list.map((item, index) =>
      mayChange(item) ? this.walk(item, {key: String(index), up: at}) : item,
    );
  }

  private walkMap(map: DataMap, at: Trail | undefined): unknown {
    let filled: Map<string, unknown> | undefined;
    for (const key of Object.keys(map)) {
      const value = map[key];
      // What only holds anchors is read where the aliases are.
      if (!mayChange(value) || (at === undefined && key.startsWith('x-'))) continue;
      const changed = this.walk(value, {key, up: at});
      if (changed === value) continue;
      filled ??= new Map(Object.entries(map));
      filled.set(key, changed);
    }
    return filled ? Object.fromEntries(filled) : map;
  }

  private fill(text: string, path: Path): string {
    return text.replace(variable, (written: string, body: string | undefined) => {
      if (body === undefined) return '$';
      this.touched.add(pathKey(path));
      const parts = written.endsWith('}') ? inside.exec(body) : null;
      if (parts) return this.lookUp(written, parts, path);
      this.complain({
        code: 'bad-variable',
        message: `${quote(written)} is not a variable`,
        remedy: 'write ${NAME}, ${NAME:-default} or ${NAME:?why}, and $$ for a dollar sign',
        path,
        within: written,
      });
      return '';
    });
  }

  private lookUp(written: string, parts: RegExpExecArray, path: Path): string {
    const [, name = '', operator, rest = ''] = parts;
    const value = this.valueOf(name, operator !== undefined);
    if (value !== undefined) {
      this.onVariable?.(name, value);
      return value;
    }
    if (operator === ':-') return rest;
    const why = operator === ':?' && rest !== '' ? `: ${rest}` : '';
    this.complain({
      code: 'unset-variable',
      message: `${quote(name)} is not set in the environment${why}`,
      remedy: `set it, or give a default: \${${name}:-…}`,
      path,
      within: written,
    });
    return '';
  }

  /** As in a shell, the colon makes an empty value count as none. */
  private valueOf(name: string, needed: boolean): string | undefined {
    const value = Object.hasOwn(this.env, name) ? this.env[name] : undefined;
    return needed && value === '' ? undefined : value;
  }

  /** One place a variable and value: the same text in it is found at its first place anyway. */
  private complain(finding: Finding): void {
    const key = JSON.stringify([finding.path, finding.within]);
    if (this.complained.has(key) || this.complained.size >= mostComplaints) return;
    this.complained.add(key);
    this.findings.push(finding);
  }
}

/** Puts the environment into the scalars of a document; keys stay as they are written. */
export function interpolate(
  data: unknown,
  env: Environment,
  onVariable?: OnVariable,
): Interpolated {
  const interpolator = new Interpolator(env, onVariable);
  const filled = mayChange(data) ? interpolator.walk(data, undefined) : data;
  return {data: filled, findings: interpolator.findings, touched: interpolator.touched};
}
