import fc from 'fast-check';
import {expect, test} from 'vitest';
import {readCriuStats} from '../../src/engines/criu/stats.js';

/** Made with protobuf's rules from known numbers, shared memory and fields of no interest included. */
const made = 'QFkQVQYzCVcoAAAACiYIiJUGEJvSGRjgpxIgwJoMKODUAzAAOLSYA0gAUANYBWAUaAhwDA==';

test('times are µs, and shared pages count too', () => {
  expect(readCriuStats(made)).toEqual({
    ok: true,
    value: {
      freezingTime: 101_000,
      frozenTime: 420_123,
      memdumpTime: 300_000,
      memwriteTime: 200_000,
      pagesScanned: 60_020,
      pagesSkipped: 8,
      pagesWritten: 52_288,
    },
  });
});

/** Of the second pre-dump of a container of 43 MiB that runs (runc 1.1.15, CRIU 4.2.1, Linux 6.12.107). */
const recorded = 'QFkQVQYzCVcmAAAACiQIyxwQn60BGMohIMdYKJpUMMZOOM0FQABIAFABWAJgAGgAcAA=';

test('what CRIU really wrote', () => {
  expect(readCriuStats(recorded)).toEqual({
    ok: true,
    value: {
      ...{freezingTime: 3659, frozenTime: 22_175, memdumpTime: 4298, memwriteTime: 11_335},
      ...{pagesScanned: 10_778, pagesSkipped: 10_054, pagesWritten: 717},
    },
  });
});

test('lines in between do no harm', () => {
  expect(readCriuStats(`${made.slice(0, 40)}\n${made.slice(40)}\n`).ok).toBe(true);
});

test.each([
  ['nothing', ''],
  ['no base64', 'Error (criu/stats.c:1): no'],
  ['another image', btoa('\x17\x00\x10\x55aaaaaaaaaaaa')],
  ['statistics of a restore', btoa('@Y\x10U\x063\tW\x04\x00\x00\x00\x12\x02\x18\x05')],
])('%s is no dump', (_, text) => {
  expect(readCriuStats(text)).toMatchObject({ok: false});
});

test('whatever is cut off or damaged is never taken for whole', () => {
  for (let length = 0; length < made.length - 4; length += 4) {
    expect(readCriuStats(made.slice(0, length)).ok).toBe(false);
  }
  const bytes = atob(made);
  fc.assert(
    fc.property(fc.nat({max: bytes.length - 1}), fc.nat({max: 255}), (at, value) => {
      const read = readCriuStats(
        btoa(bytes.slice(0, at) + String.fromCharCode(value) + bytes.slice(at + 1)),
      );
      if (read.ok) for (const each of Object.values(read.value)) expect(each).not.toBeNaN();
    }),
  );
});
