import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';
import {describe, expect, test} from 'vitest';
import {parseArgs} from '../../src/cli/command-line/args.js';
import {verbs} from '../../src/cli/verbs/registry.js';
import {readPlans} from '../../src/plan/read.js';
import {world} from '../plan/world.js';

/** A text of the program; what is only known while it runs is a hole. */
interface Text {
  readonly file: string;
  readonly text: string;
  /** The property that it is the value of, however deep. */
  readonly property: string;
}

const HOLE = '\u0001';

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({literal}) => HOLE + literal.text).join('');
}

/** Texts that stand inside of the holes of others are texts of their own. */
function textsIn(file: string): readonly Text[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: Text[] = [];
  const visit = (node: ts.Node, property: string): void => {
    const text = textOf(node);
    if (text !== undefined) found.push({file, text, property});
    const named = ts.isPropertyAssignment(node) && ts.isIdentifier(node.name);
    ts.forEachChild(node, (child) => {
      visit(child, named ? (node.name).text : property);
    });
  };
  visit(source, '');
  return found;
}

const files = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => join('src', name));

const all = files.flatMap(textsIn);

interface Advice {
  readonly file: string;
  readonly words: string;
}

const find = (pattern: RegExp, texts: readonly Text[]): readonly Advice[] => {
  const advices = texts.flatMap(({file, text}) =>
    [...text.matchAll(pattern)].map((match): Advice => ({file, words: match[1] ?? ''})),
  );
  return [...new Map(advices.map((each) => [each.words, each])).values()];
};

/** What may stand in a hole; a text is right when it is with one of them in each. */
const fillings = ['web', 'apply', 'plan.yaml', '20260102-030405-ab12', '30s', '/srv/kept', '1'];

const filled = (words: string): readonly string[] =>
  words.includes(HOLE) ? fillings.map((each) => words.replaceAll(HOLE, each)) : [words];

const shown = ({words}: Advice): string => words.replaceAll(HOLE, '…');

const commands = find(/"(cm [a-z\u0001][^"]*)"/gu, all).filter(
  // A lab names its machines itself.
  ({file, words}) => !file.startsWith('src/lab/') && !words.includes('$('),
);

describe('every command of cm that a text advises', () => {
  test('some are found', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  test.each(commands.map((each) => [shown(each), each] as const))('%s is one', (_, {words}) => {
    // The name of an option may stand for itself.
    const kinds = [...filled(words), `${words} web`].map((line) => {
      const argv = line.split(' ').slice(1);
      return parseArgs(argv, {env: {}, style: {color: false, columns: 80}, verbs});
    });
    expect(kinds.some((parsed) => parsed.kind === 'run' || parsed.exit === 0)).toBe(true);
  });

  test('stands in quotes where it is advised, so that one sees where it ends', () => {
    const names = verbs.filter(({name}) => name !== 'lab').map(({name}) => name);
    const bare = new RegExp(`(?<!["/\\w])cm (?:${names.join('|')})\\b`, 'u');
    const advised = all.filter(({property}) => property === 'remedy' || property === 'advice');
    expect(advised.filter(({text}) => bare.test(text)).map(({text}) => text)).toEqual([]);
  });
});

const lines = find(
  /`([a-z][A-Za-z]*: [^`]+)`/gu,
  all.filter(({file}) => /^src\/(?:planner|engines|cli|run|hosts|state)\//u.test(file)),
);

/** The plan with a line in it: of a container, of a host, or of the plan itself. */
const plansWith = (line: string): readonly string[] => {
  const plan = (top: string, host: string, container: string): string =>
    `apiVersion: cm/v1\nname: p\n${top}hosts:\n  alpha:\n    address: a\n${host}containers:\n  web:\n    on: alpha\n${container}`;
  return [plan('', '', `    ${line}\n`), plan('', `    ${line}\n`, ''), plan(`${line}\n`, '', '')];
};

describe('every line of a plan that a text advises', () => {
  test('some are found', () => {
    expect(lines.length).toBeGreaterThan(5);
  });

  test.each(lines.map((each) => [shown(each), each] as const))('%s is valid', async (_, each) => {
    const candidates = filled(each.words.replaceAll('…', HOLE)).flatMap(plansWith);
    const read = await Promise.all(candidates.map((text) => readPlans('p.yaml', text, world)));
    expect(read.some(({ok}) => ok)).toBe(true);
  });
});

const programs =
  'podman|docker|sysctl|modprobe|mount|apt-get|systemctl|chattr|chmod|ip|rm|ssh|ssh-keygen|nft|mv|boot';

const shells = [
  ...find(
    new RegExp(`"((?:${programs}) [^"]+)"`, 'gu'),
    all.filter(({property}) => ['remedy', 'advice', 'wayOut'].includes(property)),
  ),
  ...all
    .filter(({file, property}) => property === 'command' && file.startsWith('src/doctor/'))
    .map(({file, text}) => ({file, words: text})),
];

describe('every command of a shell that a text advises', () => {
  test('some are found', () => {
    expect(shells.length).toBeGreaterThan(8);
  });

  test.each(shells.map((each) => [shown(each), each] as const))('%s can be read', (_, {words}) => {
    const read = filled(words).some((line) => {
      try {
        execFileSync('sh', ['-n'], {input: line, stdio: 'pipe'});
        return true;
      } catch {
        return false;
      }
    });
    expect(read).toBe(true);
  });
});

/** Words that send the reader elsewhere without saying where. */
const nowhere = /\b(?:said|told|shown|printed|what is) above\b|\bwhat is said of\b|\bsee its problem\b/u;

test('no advice refers to something that may not be there', () => {
  const advised = all.filter(({file, text}) => /\/(?:plan|graph|engines|run|report|cli)\//u.test(file) && nowhere.test(text));
  expect(advised.map(({file, text}) => `${file}: ${text}`)).toEqual([]);
});
