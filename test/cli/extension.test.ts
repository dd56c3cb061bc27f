import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {runCli} from '../../src/cli/command-line/cli.js';
import {flags} from '../../src/cli/command-line/flags.js';
import {defineVerb} from '../../src/cli/command-line/verb.js';
import type {OpenListener} from '../../src/cli/session/context.js';
import type {Machine} from '../../src/cli/session/machine.js';
import {listeners} from '../../src/cli/listeners/registry.js';
import {verbs} from '../../src/cli/verbs/registry.js';

/** A verb that only this test has. */
const greet = defineVerb<{readonly name: string; readonly yes: boolean}>({
  name: 'greet',
  summary: 'say hello to somebody',
  examples: ['cm greet bob'],
  carriesOut: true,
  parse: (command, run) =>
    command
      .argument('<name>', 'who is greeted')
      .addOption(flags.yes)
      .action((name, {yes}) => {
        run({name, yes: yes === true});
      }),
  load: () =>
    Promise.resolve((context, {name, yes}) => {
      context.printer.record({type: 'greeting', name, by: context.verb});
      context.printer.result(`hello ${name}${yes ? '!' : ''}`);
      return Promise.resolve(3);
    }),
});

const suspended = `apiVersion: cm/v1
name: parked
suspend: true
hosts: {alpha: {address: local}, beta: {address: 192.0.2.1}}
containers: {web: {on: alpha}}
`;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-extension-'));
  writeFileSync(join(folder, 'parked.yaml'), suspended);
  writeFileSync(join(folder, 'broken.yaml'), 'nothing: right');
});

afterAll(() => {
  rmSync(folder, {recursive: true});
});

interface Started {
  readonly env?: Machine['env'];
  readonly listeners?: readonly OpenListener[];
  readonly stop?: AbortSignal;
}

/** Runs the program with a verb more, and with listeners more, than it has. */
async function cm(words: string, {env = {}, listeners: more = [], stop}: Started = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const machine: Machine = {
    cm: '0.0.0',
    argv: words.split(' '),
    env: {HOME: folder, ...env},
    cwd: folder,
    stdin: new PassThrough(),
    stdout,
    stderr,
    platform: 'linux',
    uid: 0,
    pid: 1,
    hasProcess: () => true,
    node: process.versions.node,
    program: {node: process.execPath, script: ''},
    stop: stop ?? new AbortController().signal,
    leave: new AbortController().signal,
  };
  const exit = await runCli(machine, {
    verbs: [...verbs, greet],
    listeners: [...listeners, ...more],
  });
  const text = (stream: PassThrough): string => String(stream.read() ?? '');
  return {exit, stdout: text(stdout), stderr: text(stderr)};
}

describe('a verb that is one definition and one line in a list', () => {
test('runs', async () => {
  expect(await cm('greet bob --yes')).toMatchObject({exit: 3, stdout: 'hello bob!\n', stderr: ''});
});

test('is in the help, with its examples', async () => {
  expect((await cm('help')).stdout).toMatch(/greet .*say hello to somebody/u);
  const help = await cm('greet --help');
  expect(help).toMatchObject({exit: 0});
  expect(help.stdout).toContain('examples:\n  cm greet bob');
  expect((await cm('help greet')).stdout).toBe(help.stdout);
});

test('is completed in every shell', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const {stdout} = await cm(`completion ${shell}`);
    expect(stdout).toContain('greet');
    expect(stdout).toMatch(/greet.*(?:--yes|-l yes)/su);
  }
});

test('takes its flags from the environment', async () => {
  expect((await cm('greet bob', {env: {CM_YES: '1'}})).stdout).toBe('hello bob!\n');
});

test('tells records, and ends with its exit code', async () => {
  const {stdout, exit} = await cm('greet bob --json');
  const records = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(exit).toBe(3);
  expect(records).toMatchObject([
    {type: 'version'},
    {type: 'greeting', name: 'bob', by: 'greet'},
    {type: 'summary', verb: 'greet', exit: 3},
  ]);
});

test('is refused where plans are not trusted, when it carries them out', async () => {
  const {exit, stderr} = await cm('greet bob', {env: {GITHUB_EVENT_NAME: 'pull_request'}});
  expect(exit).toBe(13);
  expect(stderr).toContain('cm greet does not carry out plans that are not trusted');
});

test('a mistake on its line is a usage error', async () => {
  expect(await cm('greet')).toMatchObject({exit: 64});
  expect(await cm('greet bob --no-such')).toMatchObject({exit: 64});
});
});

describe('a listener that is one function and one line in a list', () => {
  /** Keeps the types of all events, and what it was closed with. */
  function recorder() {
    const seen: string[] = [];
    const open: OpenListener = (_, {run}) => {
      seen.push(run === undefined ? 'opened for a watch' : 'opened for a run');
      return {
        on: (event) => {
          seen.push(event.type === 'watch' ? event.kind : event.type);
        },
        close: (report) => {
          seen.push(`closed with exit ${report?.exit ?? 'of no run'}`);
          return Promise.resolve([
            {kind: 'step', code: 'recorder-full', message: 'the recorder is full'},
          ]);
        },
      };
    };
    return {seen, open};
  }

  test('follows a run, and its problem is a warning', async () => {
    const {seen, open} = recorder();
    const ended = await cm('apply parked.yaml --yes', {listeners: [open]});
    expect(ended.exit).toBe(0);
    expect(seen).toEqual(['opened for a run', 'warning', 'run-settled', 'closed with exit 0']);
    expect(ended.stderr).toContain('the recorder is full (recorder-full)');
  });

  test('follows what a watch decides between its runs', async () => {
    const {seen, open} = recorder();
    const stop = new AbortController();
    const watching = cm('watch broken.yaml', {listeners: [open], stop: stop.signal});
    await expect.poll(() => seen).toContain('idle');
    stop.abort(130);
    await watching;
    expect(seen).toEqual([
      'opened for a watch',
      'reading',
      'invalid',
      'idle',
      'closed with exit of no run',
    ]);
  });
});
