import {expect, test} from 'vitest';
import {parseArgs, type Parsed} from '../../src/cli/command-line/args.js';
import type {Env} from '../../src/cli/command-line/env-flags.js';
import {exitOf, exitOfRun, gravest} from '../../src/cli/command-line/exit.js';
import {readGitStatus} from '../../src/cli/session/git.js';
import {canRedraw, showsUnicode, wantsColor} from '../../src/cli/command-line/screen.js';
import {stateFolder} from '../../src/cli/session/state-folder.js';
import {verbs} from '../../src/cli/verbs/registry.js';

const parse = (line: string, env: Env = {}): Parsed =>
  parseArgs(line.split(' '), {env, style: {color: false, columns: 80}, verbs});

function asked(line: string, env: Env = {}) {
  const parsed = parse(line, env);
  if (parsed.kind !== 'run') throw new Error(parsed.stderr);
  return parsed;
}

test('flags may stand before the verb and after it, and those after it win', () => {
  expect(asked('--json -q validate a.yaml').globals).toMatchObject({output: 'json', quiet: true});
  expect(asked('validate a.yaml -o json').globals).toMatchObject({output: 'json'});
  expect(asked('-o json validate a.yaml -o text').globals).toMatchObject({output: 'text'});
  expect(asked('validate --no-color').globals).toMatchObject({color: false});
  expect(asked('validate').globals).not.toHaveProperty('color');
});

test('a flag that may be repeated is a list', () => {
  expect(asked('plan a b --only x --only y --exclude z').task.options).toMatchObject({
    files: ['a', 'b'],
    only: ['x', 'y'],
    exclude: ['z'],
  });
});

test('every flag is a variable, too, and the command line wins', () => {
  const env = {
    ...{CM_YES: '1', CM_ONLY: 'a,b', CM_LOCK_WAIT: '5m', CM_VIEW: 'lines', CM_CONCURRENCY: '2'},
    ...{CM_JSON: 'true', CM_COLOR: '0', CM_EXPLAIN: 'no', CM_EXCLUDE: ''},
  };
  const {task, globals} = asked('apply p.yaml --only c', env);
  expect(task.words).toEqual(['apply']);
  expect(task.options).toEqual({
    ...{files: ['p.yaml'], yes: true, only: ['c'], exclude: [], explain: false},
    ...{lockWaitMs: 300_000, view: 'lines', concurrency: 2},
  });
  expect(globals).toMatchObject({output: 'json', color: false});
  expect(asked('plan p.yaml', env).task.options).toMatchObject({only: ['a', 'b']});
});

test('a variable with a value that its flag does not take is a mistake', () => {
  for (const env of [{CM_VIEW: 'nice'}, {CM_CONCURRENCY: '0'}, {CM_YES: 'y'}])
    expect(parse('apply p.yaml', env)).toMatchObject({kind: 'said', exit: 64});
});

test('what follows the host of a lab is for the host', () => {
  const {task, globals} = asked('lab exec --lab mine alpha podman ps -q --json');
  expect(task.options).toMatchObject({lab: 'mine', host: 'alpha', words: ['podman', 'ps', '-q', '--json']});
  expect(globals).toMatchObject({quiet: false, output: 'text'});
  expect(asked('lab ssh alpha -- ls -v').task.options).toMatchObject({words: ['ls', '-v']});
});

test('the most pressing problem decides the exit code', () => {
  const kinds = ['step', 'preflight', 'unreachable'] as const;
  expect(exitOf(kinds.map((kind) => ({kind})))).toBe(1);
  expect(exitOf(kinds.slice(1).map((kind) => ({kind})))).toBe(12);
  expect(exitOf([])).toBe(0);
  expect(gravest([0, 12, 3, 1])).toBe(3);
  expect(gravest([0, 0])).toBe(0);
  expect(gravest([])).toBe(0);
  expect(exitOfRun({exit: 1, problems: [{kind: 'declined'}]}, false)).toBe(13);
  expect(exitOfRun({exit: 1, problems: [{kind: 'declined'}]}, true)).toBe(130);
  expect(exitOfRun({exit: 1, problems: [{kind: 'step'}]}, true)).toBe(1);
});

test('colour: a flag, FORCE_COLOR, NO_COLOR, a terminal', () => {
  const terminal = {isTTY: true};
  expect(wantsColor(terminal, {}, undefined)).toBe(true);
  expect(wantsColor({}, {}, undefined)).toBe(false);
  expect(wantsColor(terminal, {NO_COLOR: ''}, undefined)).toBe(true);
  expect(wantsColor(terminal, {NO_COLOR: '1'}, undefined)).toBe(false);
  expect(wantsColor({}, {NO_COLOR: '1', FORCE_COLOR: ''}, undefined)).toBe(true);
  expect(wantsColor(terminal, {FORCE_COLOR: '0'}, undefined)).toBe(false);
  expect(wantsColor(terminal, {TERM: 'dumb'}, undefined)).toBe(false);
  expect(wantsColor({}, {NO_COLOR: '1'}, true)).toBe(true);
});

test('signs beyond ASCII only where the locale has them', () => {
  expect(showsUnicode({LANG: 'de_DE.UTF-8'}, 'linux')).toBe(true);
  expect(showsUnicode({LANG: 'de_DE.UTF-8', LC_ALL: 'C'}, 'linux')).toBe(false);
  expect(showsUnicode({}, 'linux')).toBe(false);
  expect(showsUnicode({}, 'darwin')).toBe(true);
  expect(showsUnicode({LANG: 'C.utf8', TERM: 'linux'}, 'linux')).toBe(false);
});

test('git tells the commit, and whether anything differs from it', () => {
  const oid = 'a'.repeat(40);
  const head = `# branch.oid ${oid}\n# branch.head main\n`;
  expect(readGitStatus(head)).toEqual({commit: oid, dirty: false});
  expect(readGitStatus(`${head}? new.yaml\n`)).toEqual({commit: oid, dirty: true});
  expect(readGitStatus('# branch.oid (initial)\n')).toEqual({});
});

test('a relative XDG folder is ignored', () => {
  expect(stateFolder({XDG_STATE_HOME: '/s'}, '/h')).toBe('/s/cm');
  expect(stateFolder({XDG_STATE_HOME: 's'}, '/h')).toBe('/h/.local/state/cm');
});

test('a view that is redrawn is for terminals that can, and that somebody looks at', () => {
  expect(canRedraw({isTTY: true}, {TERM: 'xterm'})).toBe(true);
  expect(canRedraw({isTTY: true}, {})).toBe(true);
  expect(canRedraw({isTTY: true}, {TERM: 'dumb'})).toBe(false);
  expect(canRedraw({isTTY: true}, {TERM: 'xterm', CI: 'true'})).toBe(false);
  expect(canRedraw({isTTY: false}, {TERM: 'xterm'})).toBe(false);
});
