import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {builtProgram} from '../rig/program.js';

/** Each shell itself completes the words; `last` is the one that the cursor is on. */
interface Shell {
  readonly name: string;
  readonly complete: (words: readonly string[]) => string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const shells: readonly Shell[] = [
  {
    name: 'bash',
    complete: (words) =>
      `. ./_cm; COMP_WORDS=(${words.map(quoted).join(' ')}); COMP_CWORD=${words.length - 1}; _cm; printf '%s\n' "\${COMPREPLY[@]}"`,
  },
  {
    // The functions of compsys that only a terminal has say what they were given.
    name: 'zsh',
    complete: (words) =>
      `compdef() { :; }; compadd() { print -l -- "$@"; }; _files() { print -l -- *.yaml(N); }
_describe() { local name=\${@[-1]}; print -l -- \${\${(P)name}%%:*}; }
words=(${words.map(quoted).join(' ')}); CURRENT=${words.length}; PREFIX=$words[-1]
. ./_cm; _cm`,
  },
  {
    name: 'fish',
    complete: (words) => `source ./_cm; complete -C ${quoted(words.join(' '))}`,
  },
];

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-shells-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'state/cm/runs'), {recursive: true});
  const bin = builtProgram();
  const program = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(bin)} "$@"\n`;
  writeFileSync(join(folder, 'bin/cm'), program, {mode: 0o755});
  writeFileSync(
    join(folder, 'plan.yaml'),
    'apiVersion: cm/v1\nname: one\nhosts: {alpha: {address: local}}\ncontainers: {web: {on: alpha}}\n',
  );
  writeFileSync(
    join(folder, 'state/cm/runs/20260101-020304-ab12.jsonl'),
    '{"at":1767225600000,"type":"run-started","plan":"one"}\n',
  );
});

afterAll(() => {
  rmSync(folder, {recursive: true, force: true});
});

const run = (shell: string, text: string): string =>
  execFileSync(shell, [...(shell === 'zsh' ? ['-f'] : []), '-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      XDG_STATE_HOME: join(folder, 'state'),
      LC_ALL: 'C.UTF-8',
    },
  });

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['verbs', ['cm', ''], ['apply', 'status', 'checkpoint']],
  ['verbs that begin so', ['cm', 'sta'], ['status']],
  ['flags', ['cm', 'plan', '--det'], ['--detailed-exitcode']],
  ['values of flags', ['cm', 'apply', 'plan.yaml', '--view', ''], ['live', 'lines']],
  ['files', ['cm', 'apply', ''], ['plan.yaml']],
  ['containers', ['cm', 'apply', 'plan.yaml', '--only', ''], ['web']],
  ['runs', ['cm', 'history', ''], ['last', '20260101-020304-ab12']],
  ['verbs of a verb', ['cm', 'checkpoint', ''], ['create', 'prune']],
];

describe.each(shells.filter(({name}) => existsSync(`/usr/bin/${name}`) || name === 'bash'))(
  'completion in $name',
  ({name, complete}) => {
    beforeAll(() => {
      writeFileSync(join(folder, '_cm'), run(name, `cm completion ${name}`));
    });

    test.each(cases)('%s', (_, words, expected) => {
      const told = run(name, complete(words))
        .split('\n')
        .map((line) => line.split('\t', 1)[0]);
      expect(told).toEqual(expect.arrayContaining([...expected]));
    });
  },
);
