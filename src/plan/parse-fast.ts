import {FAILSAFE_SCHEMA, loadAll, Type, type EventType, type State} from 'js-yaml';
import type {Source} from './source.js';
import {isDataMap, type YamlDocument} from './yaml-document.js';

/**
 * What the two parsers may read differently, each a reason to leave the text to the one with places.
 * Too wide a net only costs time; the properties in test/plan look for holes in it.
 */
const doubtful: readonly RegExp[] = [
  // Anchors, aliases, tags, block scalars, complex keys, directives, and signs no text may begin with.
  /(?:^|[\s[\]{},]|["'\]}]:)[&*!|>?@`%]/mu,
  // Keys that are empty, lists or maps; in a URL a bracket before a colon is nothing special.
  /(?:^|[\s[{,]):(?:[\s,[\]{}]|$)|[\]}]\s*:(?<!:\/\/\S{0,200}:)/mu,
  // Comments without a space before them, items without a value, and lists that begin in a list.
  /[[\]{},"']#|(?:^|\s)-(?:\s+(?:-\s|#)|\s*$)/mu,
  // Values that go on in another line.
  /^ *(?!- |#|---|\.\.\.|[\]}])[^:\s](?:[^:\n\r]*[^:\n\r,[{])?$/mu,
  /<<|\t|\r(?!\n)|[\u0085\u00A0\u2028\u2029\uFEFF]|^(?:---|\.\.\.)[^\n\r]/mu,
];

/** Plain scalars that are not text in YAML's core schema. */
const notText =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/u;

/** Its value, when it is written as JavaScript would write it; all else is doubtful as a key. */
function readPlainScalar(written: string, doubt: () => void): unknown {
  if (written === 'true') return true;
  if (written === 'false') return false;
  const number = Number(written);
  if (String(number) !== written) doubt();
  return number;
}

/** Finds where the keys of `containers` stand while js-yaml reads. */
class ContainerLines {
  /** One map for each document: name → `line:col`. */
  readonly documents: Map<string, string>[] = [];
  private depth = 0;
  private section = '';
  private opened = '';

  // In `containers` of a valid plan the only scalars three levels deep are the keys.
  readonly listen = (event: EventType, state: State): void => {
    if (event === 'open') this.open(state);
    else this.close(state);
  };

  private open({line, position, lineStart}: State): void {
    if (this.depth === 0) this.documents.push(new Map());
    this.depth += 1;
    if (this.depth === 3 && this.section === 'containers') {
      this.opened = `${line + 1}:${position - lineStart + 1}`;
    }
  }

  private close(state: State): void {
    const result: unknown = state.result;
    if (this.depth === 2 && typeof result === 'string') this.section = result;
    if (this.depth === 3 && this.section === 'containers' && typeof result === 'string') {
      this.documents.at(-1)?.set(result, this.opened);
    }
    this.depth -= 1;
  }
}

/**
 * The documents of a text that both parsers read alike, without places; undefined when there is any
 * doubt, or anything wrong. Several times faster than the parser that keeps places.
 */
export function parseFast(source: Source): readonly YamlDocument[] | undefined {
  const withoutComments = source.text.replace(/(^|\n) *#[^\n\r]*(?=\r?\n|$)/gu, '$1');
  if (doubtful.some((doubt) => doubt.test(withoutComments))) return undefined;
  let doubts = 0;
  const scalar = new Type('tag:yaml.org,2002:core', {
    kind: 'scalar',
    resolve: (written: unknown) => typeof written === 'string' && notText.test(written),
    construct: (written: string) => readPlainScalar(written, () => doubts++),
  });
  const lines = new ContainerLines();
  const listener = (event: EventType, state: State): void => {
    lines.listen(event, state);
  };
  let documents: readonly unknown[];
  try {
    const schema = FAILSAFE_SCHEMA.extend({implicit: [scalar]});
    documents = loadAll(source.text, undefined, {schema, listener, onWarning: () => doubts++});
  } catch {
    // Not valid, or nested too deep: the other parser says what and where.
    return undefined;
  }
  if (doubts > 0 || documents.length === 0 || !documents.every(isDataMap)) return undefined;
  if (lines.documents.length !== documents.length) return undefined;
  return documents.map((data, index) => ({
    data,
    place: () => undefined,
    containerAt: (name) => `${source.file}:${lines.documents[index]?.get(name) ?? '1:1'}`,
  }));
}
