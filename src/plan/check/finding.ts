import type {Problem} from '../../base/problem.js';
import {defined} from '../defined.js';
import type {Part, Path, YamlDocument} from '../parse/yaml-document.js';

/** A problem of a plan, said with the path of the value instead of its place. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | undefined;
  readonly path: Path;
  /** What to point at; the value when absent. */
  readonly part?: Part;
  /** Point at this text inside the value. */
  readonly within?: string;
  readonly other?: {readonly path: Path; readonly part: Part; readonly note: string};
}

/** The problem, with its place when the document knows places. */
export function placeFinding(finding: Finding, document: YamlDocument): Problem {
  const {code, message, remedy, path, part = 'value', within, other} = finding;
  const [section, name] = path;
  const otherPlace = other && document.place(other.path, other.part);
  return defined({
    kind: 'plan' as const,
    code,
    message,
    remedy,
    place: document.place(path, part, within),
    other: other && otherPlace && {place: otherPlace, note: other.note},
    host: section === 'hosts' ? name : undefined,
    container: section === 'containers' ? name : undefined,
  });
}
