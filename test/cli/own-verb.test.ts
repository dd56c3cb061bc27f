import {PassThrough} from 'node:stream';
import {expect, test} from 'vitest';
import {runCli} from '../../src/cli/command-line/cli.js';
import {flags} from '../../src/cli/command-line/flags.js';
import {defineVerb} from '../../src/cli/command-line/verb.js';
import type {Machine} from '../../src/cli/session/machine.js';
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

async function cm(words: string, env: Machine['env'] = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const machine: Machine = {
    cm: '0.0.0',
    argv: words.split(' '),
    env: {HOME: '/nonexistent', ...env},
    cwd: '/',
    stdin: new PassThrough(),
    stdout,
    stderr,
    platform: 'linux',
    uid: 0,
    pid: 1,
    hasProcess: () => true,
    node: process.versions.node,
    program: {node: process.execPath, script: ''},
    stop: new AbortController().signal,
    leave: new AbortController().signal,
  };
  const exit = await runCli(machine, [...verbs, greet]);
  const text = (stream: PassThrough): string => String(stream.read() ?? '');
  return {exit, stdout: text(stdout), stderr: text(stderr)};
}

test('a verb is one definition and one line in a list', async () => {
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
  expect((await cm('greet bob', {CM_YES: '1'})).stdout).toBe('hello bob!\n');
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
  const {exit, stderr} = await cm('greet bob', {GITHUB_EVENT_NAME: 'pull_request'});
  expect(exit).toBe(13);
  expect(stderr).toContain('cm greet does not carry out plans that are not trusted');
});

test('a mistake on its line is a usage error', async () => {
  expect(await cm('greet')).toMatchObject({exit: 64});
  expect(await cm('greet bob --no-such')).toMatchObject({exit: 64});
});
