import {createHash} from 'node:crypto';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Command, command, script} from '../../src/base/command.js';
import type {Problem} from '../../src/base/problem.js';
import type {Result} from '../../src/base/result.js';
import type {Transport} from '../../src/hosts/transport.js';
import {until} from '../rig/limits.js';

export interface Rig {
  readonly transport: Transport;
  readonly close: () => Promise<void>;
}

export function must<T>(result: Result<T, Problem>): T {
  if (!result.ok)
    throw new Error(
      `${result.error.code}: ${result.error.message}\n${result.error.log?.join('\n') ?? ''}`,
    );
  return result.value;
}

export const failure = <T>(result: Result<T, Problem>): Problem | undefined =>
  result.ok ? undefined : result.error;

/** What every transport must do; each one's own test file calls it. */
export function transportContract(name: string, make: () => Promise<Rig>): void {
  describe(`${name} keeps the promises of a transport`, () => {
    let rig: Rig;
    let folder: string;
    const run = (wanted: Command) => rig.transport.run(wanted);

    beforeAll(async () => {
      rig = await make();
      folder = mkdtempSync(join(tmpdir(), 'cm-contract-'));
    });
    afterAll(async () => {
      await rig.close();
      rmSync(folder, {recursive: true, force: true});
    });

    test('gives both outputs and the status', async () => {
      const output = must(await run(script('t', 'echo out; echo err >&2; exit 7')));
      expect(output).toMatchObject({code: 7, stdout: 'out\n', stderr: 'err\n'});
      expect(output.durationMs).toBeGreaterThan(0);
    });

    test('hands every word over as it is', async () => {
      const words = [
        '',
        ' ',
        "it's",
        '$HOME',
        '`id`',
        'a\nb',
        '"',
        '\\',
        '*',
        '-n',
        'ü€😀',
        '!!',
        '~',
        '#',
        ';',
      ];
      const output = must(await run(script('t', 'for w; do printf "%s\\0" "$w"; done', ...words)));
      expect(output.stdout.split('\0').slice(0, -1)).toEqual(words);
    });

    test('does not take a first word for an assignment', async () => {
      expect(must(await run(command('A=b'))).code).toBe(127);
    });

    test('answers 127 for a program that is not there', async () => {
      expect(must(await run(command('no-such-program-here', 'x'))).code).toBe(127);
    });

    test('answers 128 + n for a signal', async () => {
      expect(must(await run(script('t', 'kill -KILL $$'))).code).toBe(137);
    });

    test('feeds standard input and ends it', async () => {
      expect(must(await run({...command('cat'), stdin: 'geheim ü'})).stdout).toBe('geheim ü');
      expect(must(await run(command('cat'))).stdout).toBe('');
    });

    test('does not mind a program that does not read its input', async () => {
      expect(must(await run({...command('true'), stdin: 'x'.repeat(1 << 20)})).code).toBe(0);
    });

    test('hands lines over while the program still runs', async () => {
      const seen: string[] = [];
      const goOn = join(folder, 'go-on');
      const waits =
        "printf 'a\\nb'; until [ -e \"$1\" ]; do sleep 0.05; done; printf 'c\\r50%%\\r\\nü'";
      const output = must(
        await rig.transport.run(script('t', waits, goOn), {
          onLine: (line) => {
            seen.push(line);
            writeFileSync(goOn, '');
          },
        }),
      );
      expect(seen).toEqual(['a', 'bc', '50%', 'ü']);
      expect(output.stdout).toBe('a\nbc\r50%\r\nü');
    });

    test('carries much output whole', async () => {
      const output = must(await run(script('t', 'head -c 5000000 /dev/zero | tr "\\0" x')));
      expect(output.stdout.length).toBe(5_000_000);
    });

    test('refuses endless output', async () => {
      expect(failure(await run(command('yes')))).toMatchObject({
        kind: 'step',
        code: 'output-too-large',
      });
    });

    test('runs many at once', async () => {
      const outputs = await Promise.all(
        Array.from({length: 30}, (_, i) => run(script('t', 'sleep 0.05; echo "$1"', String(i)))),
      );
      expect(outputs.map((o) => must(o).stdout.trim())).toEqual(
        Array.from({length: 30}, (_, i) => String(i)),
      );
    });

    /** Writes down its own process and that of a child, and goes on until it is ended. */
    const lasting = (file: string) =>
      script(
        't',
        `sh -c 'echo "$$" >>"$1"; exec sleep 600' cm "$1" & echo "$$" >>"$1"; wait`,
        file,
      );

    const pidsIn = (file: string): readonly number[] =>
      existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];

    const lives = (pid: number): boolean => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    };

    const expectEnded = async (file: string): Promise<void> => {
      expect(pidsIn(file)).toHaveLength(2);
      await until(() => !pidsIn(file).some(lives));
    };

    test('gives up after the time limit and ends the program with its children', async () => {
      const file = join(folder, 'timeout');
      // What has not begun within the limit proves nothing.
      for (let timeoutMs = 500; pidsIn(file).length < 2; timeoutMs *= 2) {
        rmSync(file, {force: true});
        const problem = failure(await run({...lasting(file), timeoutMs}));
        expect(problem).toMatchObject({
          kind: 'step',
          code: 'command-timed-out',
          host: rig.transport.host,
        });
      }
      await expectEnded(file);
    });

    test('gives up when told to, at once, and ends the program with its children', async () => {
      const file = join(folder, 'abort');
      const stop = new AbortController();
      const running = rig.transport.run(lasting(file), {signal: stop.signal});
      await until(() => pidsIn(file).length === 2);
      stop.abort();
      expect(failure(await running)).toMatchObject({kind: 'step', code: 'interrupted'});
      await expectEnded(file);
    });

    test('runs nothing for a signal that has already come', async () => {
      const file = join(folder, 'never');
      const result = await rig.transport.run(script('t', ': >"$1"', file), {
        signal: AbortSignal.abort(),
      });
      expect(failure(result)?.code).toBe('interrupted');
      await sleep(100);
      expect(existsSync(file)).toBe(false);
    });

    test('streams both ways, with back-pressure', async () => {
      const bytes = 8 << 20;
      const from = must(
        await rig.transport.start(script('t', 'head -c "$1" /dev/zero', String(bytes))),
      );
      const to = must(await rig.transport.start(script('t', 'sha256sum; echo late >&2')));
      from.stdout.pipe(to.stdin);
      const [answer, a, b] = await Promise.all([text(to.stdout), from.ended, to.ended]);
      expect([must(a).code, must(b).code]).toEqual([0, 0]);
      expect(must(b).stderr).toBe('late\n');
      expect(answer.split(' ')[0]).toBe(
        createHash('sha256').update(Buffer.alloc(bytes)).digest('hex'),
      );
    });

    test('keeps what a stream printed before somebody reads it', async () => {
      const running = must(await rig.transport.start(script('t', 'echo early')));
      await sleep(200);
      expect(await text(running.stdout)).toBe('early\n');
      expect(must(await running.ended).code).toBe(0);
    });

    test('says connection-lost after close, also for what is under way', async () => {
      const other = await make();
      const mark = join(folder, 'under-way');
      const running = other.transport.run(script('t', ': >"$1"; sleep 600', mark));
      await until(() => existsSync(mark));
      await other.transport.close();
      await other.transport.close();
      expect(failure(await running)).toMatchObject({kind: 'unreachable', code: 'connection-lost'});
      expect(failure(await other.transport.run(command('true')))?.code).toBe('connection-lost');
      await other.close();
    });
  });
}
