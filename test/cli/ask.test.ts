import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import {afterAll, beforeAll, expect, test} from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'cm-ask-'));
const child = join(folder, 'child.mjs');

beforeAll(async () => {
  await build({
    entryPoints: ['test/cli/ask-child.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: child,
    logLevel: 'silent',
  });
});

afterAll(() => {
  rmSync(folder, {recursive: true, force: true});
});

/** A program on a terminal of its own, and what it has shown so far. */
function onTerminal(go: string) {
  const started = spawn('script', ['-qec', `${process.execPath} ${child} ${go}`, '/dev/null']);
  let shown = '';
  const waiting = new Set<() => void>();
  const ended = new Promise<string>((resolve) => {
    started.on('close', () => {
      resolve(shown);
    });
  });
  started.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    for (const check of waiting) check();
  });
  const until = (words: string): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!shown.includes(words)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const type = (keys: string): void => {
    started.stdin.write(keys);
  };
  return {type, until, ended, close: () => started.stdin.end()};
}

test.each([
  ['a whole line', 'yes\r', 'yes\r\n'],
  ['a line without its end', 'yes', 'yes'],
  ['several lines', 'y\ry\ryes', 'yes'],
])('%s typed before the question is no answer', async (_, typed, echo) => {
  const go = join(folder, `go-${String(Math.random())}`);
  const terminal = onTerminal(go);
  await terminal.until('looking');
  terminal.type(typed);
  // The terminal has it as soon as it shows it.
  await terminal.until(echo);
  writeFileSync(go, '');
  await terminal.until('apply? [y/N]');
  terminal.type('\r');
  expect(await terminal.ended).toContain('answer: false');
});

test.each([
  ['y\r', true],
  ['yes\r', true],
  ['no\r', false],
])('%j after the question is one', async (typed, answer) => {
  const go = join(folder, `go-${String(Math.random())}`);
  const terminal = onTerminal(go);
  writeFileSync(go, '');
  await terminal.until('apply? [y/N]');
  terminal.type(typed);
  expect(await terminal.ended).toContain(`answer: ${String(answer)}`);
});
