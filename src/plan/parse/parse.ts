import {isScalar, parseAllDocuments, type Document} from 'yaml';
import type {Problem} from '../../base/problem.js';
import {defined} from '../defined.js';
import {Locator} from './locate.js';
import type {Source} from './source.js';
import {DataReader} from './to-data.js';
import type {YamlDocument} from './yaml-document.js';
import {toSyntaxProblem} from './yaml-problem.js';

export interface Parsed {
  /** Those in which nothing is wrong so far. */
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly Problem[];
}

const simple = (source: Source, code: string, message: string, remedy: string): Problem => ({
  kind: 'plan',
  code,
  message,
  remedy,
  place: source.place(0, 1),
});

/** A mistake makes the parser complain about much that follows it on the line. */
function keepFirstOfLine(problems: readonly Problem[]): readonly Problem[] {
  const lines = new Set<number>();
  return problems.filter(({place}) => {
    if (place === undefined || lines.has(place.line)) return false;
    lines.add(place.line);
    return true;
  });
}

function hasContent({contents}: Document): boolean {
  return contents !== null && !(isScalar(contents) && contents.value === null);
}

function findSyntaxProblems(document: Document, source: Source): readonly Problem[] {
  // After one mistake nothing of the rest of the document is expected, which is said of each line.
  const isEcho = ({message}: Error, index: number): boolean =>
    index > 0 && /^Unexpected .* in YAML stream/u.test(message);
  const errors = document.errors.slice(0, 100).filter((error, index) => !isEcho(error, index));
  const problems = [...errors, ...document.warnings].map((error) =>
    toSyntaxProblem(error, source, document),
  );
  const {explicit, version} = document.directives?.yaml ?? {};
  if (explicit === true && version !== '1.2') {
    const message = `plans are YAML 1.2, and this says ${version}`;
    const at = source.text.search(/^%YAML/mu);
    const place = source.place(at, source.text.length);
    const problem = simple(source, 'yaml-version', message, 'leave the %YAML line out');
    return [{...problem, place}, ...problems];
  }
  return keepFirstOfLine(problems);
}

function readDocument(document: Document, source: Source): Parsed {
  const problems = findSyntaxProblems(document, source);
  if (problems.length > 0) return {documents: [], problems};
  const reader = new DataReader();
  const data = reader.read(document.contents);
  const locator = new Locator(document, source, reader.targets);
  if (reader.complaints.length > 0) {
    const placed = reader.complaints.map(({code, message, remedy, node, other}) =>
      defined({
        kind: 'plan' as const,
        code,
        message,
        remedy,
        place: locator.placeNode(node),
        other: other && {place: locator.placeNode(other.node), note: other.note},
      }),
    );
    return {documents: [], problems: placed};
  }
  const containerAt = (name: string): string => {
    const {file, line, column} = locator.place(['containers', name], 'key');
    return `${file}:${line}:${column}`;
  };
  const place: YamlDocument['place'] = (path, part, within) => locator.place(path, part, within);
  return {documents: [{data, place, containerAt}], problems: []};
}

function readAll(source: Source): Parsed {
  const parsed = parseAllDocuments(source.text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    // Ours knows the other place, and does not compare every key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // A document of its own only by its markers is not a plan; one that is broken is.
  const documents = [...parsed].filter((document) => hasContent(document) || document.errors[0]);
  if (documents.length === 0) {
    const message = 'there is no plan in this file';
    const remedy = 'begin with the line apiVersion: cm/v1';
    return {documents: [], problems: [simple(source, 'empty-file', message, remedy)]};
  }
  const read = documents.map((document) => readDocument(document, source));
  return {
    documents: read.flatMap((one) => one.documents),
    problems: read.flatMap((one) => one.problems),
  };
}

/** Reads every document of the text with the places of all its parts. Never throws. */
export function parseWithPlaces(source: Source): Parsed {
  try {
    return readAll(source);
  } catch (error) {
    // What the parser itself cannot bear; nesting too deep for the stack gets here past the guard.
    const why = error instanceof Error ? error.message : String(error);
    const message = `this text cannot be read as YAML: ${why}`;
    const remedy = 'look for brackets or quotes that are not closed';
    return {documents: [], problems: [simple(source, 'bad-yaml', message, remedy)]};
  }
}
