import type {Finding} from './finding.js';
import {quote} from './quote.js';
import type {Path} from './yaml-document.js';

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

class Interpolator {
  readonly findings: Finding[] = [];
  readonly touched = new Set<string>();

  private readonly env: Environment;

  constructor(env: Environment) {
    this.env = env;
  }

  walk(data: unknown, path: Path): unknown {
    if (typeof data === 'string') return data.includes('$') ? this.fill(data, path) : data;
    if (typeof data !== 'object' || data === null) return data;
    if (Array.isArray(data)) {
      return data.map((item, index) => this.walk(item, [...path, String(index)]));
    }
    const entries = Object.entries(data).map(([key, value]): [string, unknown] => [
      key,
      // What only holds anchors is read where the aliases are.
      path.length === 0 && key.startsWith('x-') ? value : this.walk(value, [...path, key]),
    ]);
    return Object.fromEntries(entries);
  }

  private fill(text: string, path: Path): string {
    return text.replace(variable, (written: string, body: string | undefined) => {
      if (body === undefined) return '$';
      this.touched.add(pathKey(path));
      const parts = written.endsWith('}') ? inside.exec(body) : null;
      if (parts) return this.lookUp(written, parts, path);
      this.findings.push({
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
    const value = Object.hasOwn(this.env, name) ? this.env[name] : undefined;
    // As in a shell, the colon makes an empty value count as none.
    if (value !== undefined && (operator === undefined || value !== '')) return value;
    if (operator === ':-') return rest;
    const why = operator === ':?' && rest !== '' ? `: ${rest}` : '';
    this.findings.push({
      code: 'unset-variable',
      message: `${quote(name)} is not set in the environment${why}`,
      remedy: `set it, or give a default: \${${name}:-…}`,
      path,
      within: written,
    });
    return '';
  }
}

/** Puts the environment into the scalars of a document; keys stay as they are written. */
export function interpolate(data: unknown, env: Environment): Interpolated {
  const interpolator = new Interpolator(env);
  const filled = interpolator.walk(data, []);
  return {data: filled, findings: interpolator.findings, touched: interpolator.touched};
}
