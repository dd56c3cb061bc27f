import type {YAMLError, YAMLWarning} from 'yaml';
import type {Problem} from '../base/problem.js';
import {defined} from './defined.js';
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
  MULTIPLE_TAGS: {message: 'a value has at most one tag'},
};

/** The parser's own words, in the style of the others. */
function reword(error: YAMLError | YAMLWarning): Text {
  const known = Object.hasOwn(texts, error.code) ? texts[error.code] : undefined;
  if (known) return known;
  const first = error.message.split('\n')[0] ?? '';
  const message = first.charAt(0).toLowerCase() + first.slice(1).replace(/[.:]$/u, '');
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return {message, remedy: 'leave the tag out; a text that begins with ! stands in quotes'};
  }
  return {message};
}

function findRemedy(line: string, text: Text): string | undefined {
  if (line.includes('${') && /[[{].*\$\{/u.test(line)) {
    return 'inside { } and [ ] put a value with ${…} in double quotes';
  }
  return text.remedy;
}

/** What the parser says about a text that is not YAML. */
export function toSyntaxProblem(error: YAMLError | YAMLWarning, source: Source): Problem {
  const [start, end] = error.pos;
  const place = source.place(start, Math.max(end, start + 1));
  const text = reword(error);
  const isTag = error.code === 'TAG_RESOLVE_FAILED';
  return defined({
    kind: 'plan' as const,
    code: isTag ? 'unknown-tag' : 'bad-yaml',
    message: isTag
      ? `the tag ${quote(place.text.slice(place.column - 1).split(/[\s,\]}]/u)[0] ?? '')} means nothing in a plan`
      : text.message,
    remedy: findRemedy(place.text, text),
    place,
  });
}
