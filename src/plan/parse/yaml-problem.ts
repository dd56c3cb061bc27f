import {visit, type Document, type YAMLError, type YAMLWarning} from 'yaml';
import type {Place, Problem} from '../../base/problem.js';
import {defined} from '../defined.js';
import {quote} from './quote.js';
import type {Source} from './source.js';

interface Text {
  readonly message: string;
  readonly remedy?: string;
}

const texts: Readonly<Record<string, Text>> = {
  TAB_AS_INDENT: {message: 'a tab cannot indent', remedy: 'use spaces'},
  BAD_INDENT: {
    message: 'this line is not indented as far as its neighbours',
    remedy: 'give the keys of one map the same number of spaces',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key must end on the line where it begins',
    remedy: 'look for a colon that is missing here, or one too many below',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a map cannot begin in the middle of a line',
    remedy: 'put text that has ": " in it in quotes, or go on in a new line',
  },
  BLOCK_IN_FLOW: {
    message: 'a value that is written with indentation cannot stand inside { } or [ ]',
    remedy: 'look for a bracket that is not closed',
  },
  BAD_DQ_ESCAPE: {
    message: 'double quotes do not know this escape',
    remedy: 'write \\\\ for a backslash, or use single quotes',
  },
  BAD_SCALAR_START: {
    message: 'text cannot begin with this character',
    remedy: 'put the text in quotes',
  },
  KEY_OVER_1024_CHARS: {message: 'a key has at most 1024 characters'},
  MULTIPLE_ANCHORS: {message: 'a value has at most one anchor'},
  BAD_FLOW: {
    message: 'a bracket that was opened before is not closed',
    remedy: 'close it, or indent this line if it belongs inside',
  },
  RESOURCE_EXHAUSTION: {
    message: 'this is nested too deep',
    remedy: 'a plan never needs more than ten levels',
  },
  OPEN_QUOTE: {message: 'a quote is opened here and never closed', remedy: 'close it'},
  MISSING_SEPARATOR: {message: 'a comma or a colon is missing here'},
  MULTIPLE_TAGS: {message: 'a value has at most one tag'},
};

/** What is not a mistake in the writing has a code of its own. */
const codes: Readonly<Record<string, string>> = {
  TAG_RESOLVE_FAILED: 'unknown-tag',
  RESOURCE_EXHAUSTION: 'too-deep',
};

/** What stands at the place, up to the next space or sign. */
function readToken(place: Place): string {
  const rest = place.text.slice(place.column - 1);
  return /^(?:[\w!.-]+|.)/u.exec(rest)?.[0] ?? rest;
}

/** The parser uses one code for several mistakes. */
function readCode({code, message}: YAMLError | YAMLWarning): string {
  if (/^Flow (?:map|sequence) in block collection/u.test(message)) return 'BAD_FLOW';
  if (code === 'MISSING_CHAR' && message.includes('quote')) return 'OPEN_QUOTE';
  if (code === 'MISSING_CHAR' && message.includes(' between ')) return 'MISSING_SEPARATOR';
  return code;
}

/** The parser's words, in the style of the others. */
function reword(error: YAMLError | YAMLWarning, code: string, place: Place): Text {
  if (code === 'UNEXPECTED_TOKEN') {
    const message = `${quote(readToken(place))} does not belong here`;
    const remedy = 'look for a bracket, a quote, a comma or a colon that is missing before it';
    return {message, remedy};
  }
  if (code === 'TAG_RESOLVE_FAILED') {
    const message = `the tag ${quote(readToken(place))} means nothing in a plan`;
    return {message, remedy: 'leave the tag out; a text that begins with ! stands in quotes'};
  }
  const known = Object.hasOwn(texts, code) ? texts[code] : undefined;
  if (known) return known;
  const first = error.message.split('\n')[0] ?? '';
  return {message: first.charAt(0).toLowerCase() + first.slice(1).replace(/[.:]$/u, '')};
}

/** Where the mistake is to be shown, which is not always where the parser noticed it. */
function findPlace(
  error: YAMLError | YAMLWarning,
  code: string,
  source: Source,
  document: Document,
) {
  const [start, end] = error.pos;
  if (code === 'OPEN_QUOTE') {
    let opened = start;
    visit(document, {
      Scalar: (_, {range, type}) => {
        if (type?.startsWith('QUOTE') === true && range && range[1] >= start) opened = range[0];
      },
    });
    return source.place(opened, source.text.length);
  }
  if (code === 'BAD_INDENT' || code === 'BAD_FLOW') {
    const first = start + source.text.slice(start).search(/[^ ]|$/u);
    return source.place(first, source.text.length);
  }
  return source.place(start, Math.max(end, start + 1));
}

function findRemedy(line: string, text: Text): string | undefined {
  if (line.includes('${') && /[[{].*\$\{/u.test(line)) {
    return 'inside { } and [ ] put a value with ${…} in double quotes';
  }
  return text.remedy;
}

/** What the parser says about a text that is not YAML. */
export function toSyntaxProblem(
  error: YAMLError | YAMLWarning,
  source: Source,
  document: Document,
): Problem {
  const code = readCode(error);
  const place = findPlace(error, code, source, document);
  const text = reword(error, code, place);
  return defined({
    kind: 'plan' as const,
    code: codes[code] ?? 'bad-yaml',
    message: text.message,
    remedy: findRemedy(place.text, text),
    place,
  });
}
