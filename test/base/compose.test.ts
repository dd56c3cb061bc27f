import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {limit} from '../rig/limits.js';
import {command, type Command} from '../../src/base/command.js';
import {fedFrom, into, inTurn, noted, withVariables} from '../../src/base/compose.js';

const hostile = ['a  b', "it's", '"$(id)"', '-n', '*', '', '\\', 'ünï', 'two\nlines', '${1}'];

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cm compose '));
});

afterEach(async () => {
  await rm(folder, {recursive: true});
});

const run = async ({argv: [program, ...words]}: Command) =>
  execa(program, words, {reject: false, cwd: folder});

const print = (...words: readonly string[]): Command => command('printf', '<%s>', ...words);

const printed = hostile.map((word) => `<${word}>`).join('');

test('one after the other, each with its own words', async () => {
  const ran = await run(inTurn('both', print(...hostile), command('true'), print('then')));
  expect(ran.stdout).toBe(`${printed}<then>`);
});

test('the first that fails ends it, with its own exit code', async () => {
  const ran = await run(inTurn('both', command('sh', '-c', 'exit 7'), print('never')));
  expect(ran).toMatchObject({exitCode: 7, stdout: ''});
});

test('what is printed goes into a file that nobody else can read, and when it began is noted', async () => {
  const [file, note] = [join(folder, 'a file'), join(folder, 'a note')];
  const before = Date.now();
  await run(into(file, print(...hostile), note));
  expect(await readFile(file, 'utf8')).toBe(printed);
  expect((await run(command('stat', '-c', '%a', file))).stdout).toBe('600');
  expect(Math.abs(Number(await readFile(note, 'utf8')) - before)).toBeLessThan(limit(10));
});

test('a file is its input', async () => {
  const file = join(folder, 'a file');
  await writeFile(file, 'content');
  expect((await run(fedFrom(file, command('cat')))).stdout).toBe('content');
  expect((await run(inTurn('fed', fedFrom(file, command('cat'))))).stdout).toBe('content');
});

test('what fails is not noted as done', async () => {
  const note = join(folder, 'note');
  expect((await run(noted(command('false'), note))).exitCode).toBe(1);
  await expect(readFile(note)).rejects.toThrow();
  await run(noted(command('true'), note));
  expect(Number(await readFile(note, 'utf8'))).toBeGreaterThan(0);
});

test('variables reach a program as its environment, and stand on no command line', async () => {
  const values = {A: 'plain', B: '', C: ' it\'s "odd" $(id) `id` \\ \n\nend\n', D_1: 'é😀'};
  const asked = withVariables(
    {
      ...command(
        'sh',
        '-c',
        'printf "%s|" "$A" "$B" "$C" "$D_1"; cat; tr "\\0" " " </proc/$$/cmdline',
      ),
    },
    values,
  );
  for (const value of Object.values(values).filter((each) => each !== ''))
    expect(JSON.stringify(asked.argv)).not.toContain(JSON.stringify(value).slice(1, -1));
  const [program, ...words] = asked.argv;
  const {stdout} = await execa(program, words, {
    input: asked.stdin ?? '',
    stripFinalNewline: false,
  });
  expect(
    stdout.startsWith(
      Object.values(values)
        .map((each) => `${each}|`)
        .join(''),
    ),
  ).toBe(true);
  expect(withVariables(command('true'), {})).toEqual(command('true'));
});
