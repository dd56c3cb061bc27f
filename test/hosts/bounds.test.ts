import {PassThrough} from 'node:stream';
import {expect, test} from 'vitest';
import {command} from '../../src/base/command.js';
import {localTransport} from '../../src/hosts/local.js';
import {firstLine} from '../../src/hosts/link/pour.js';
import {lookAt} from '../../src/state/host/look-script.js';

test('a first line without an end is given up, in chunks of any size', async () => {
  for (const size of [1, 1000, 100_000]) {
    const stream = new PassThrough();
    const line = firstLine(stream);
    const feed = (): void => {
      for (let at = 0; at < 100_000; at += size) stream.write('x'.repeat(size));
    };
    feed();
    expect(await line).toEqual({ok: false, error: 'too long'});
    stream.destroy();
  }
});

test('what stands behind the first line is put back', async () => {
  const stream = new PassThrough();
  const line = firstLine(stream);
  stream.write('ab');
  stream.write('c\nrest');
  stream.end();
  expect(await line).toEqual({ok: true, value: 'abc'});
  expect((await stream.toArray()).join('')).toBe('rest');
});

test('a stream that ends before has no first line', async () => {
  const stream = new PassThrough();
  const line = firstLine(stream);
  stream.end('ab');
  expect(await line).toEqual({ok: false, error: 'ended'});
});

test('a command may have a limit of its own for what it prints', async () => {
  const local = localTransport('here', process.env);
  const asked = {...command('head', '-c', '100000', '/dev/zero'), outputLimit: 50_000};
  expect(await local.run(asked)).toMatchObject({
    ok: false,
    error: {code: 'output-too-large', message: expect.stringContaining('50000 bytes') as string},
  });
  expect(await local.run({...asked, outputLimit: 100_000})).toMatchObject({ok: true});
});

test('a look may print more for more containers, and never without a limit', () => {
  const limit = (count: number): number =>
    lookAt(command('sh', ...Array.from({length: count}, (_, at) => `c${at}`))).outputLimit ?? 0;
  expect(limit(1)).toBeLessThan(5 * 2 ** 20);
  expect(limit(200)).toBeGreaterThan(200 * 20_000);
  expect(limit(1000)).toBe(64 * 2 ** 20);
});
