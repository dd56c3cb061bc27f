import fc from 'fast-check';
import {expect, test} from 'vitest';
import {Lines} from '../../src/hosts/lines.js';

function cut(chunks: readonly Buffer[]): string[] {
  const seen: string[] = [];
  const lines = new Lines((line) => seen.push(line));
  for (const chunk of chunks) lines.push(chunk);
  lines.end();
  return seen;
}

test('the lines do not depend on where the bytes were cut', () => {
  const text = fc
    .array(fc.constantFrom('a', 'ü', '😀', '\n', '\r', '\r\n', ' '))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (whole, places) => {
      const bytes = Buffer.from(whole);
      const cuts = [
        0,
        ...places.filter((p) => p < bytes.length).sort((a, b) => a - b),
        bytes.length,
      ];
      const chunks = cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
      const lines = whole.split(/\r\n|\r|\n/);
      if (lines.at(-1) === '') lines.pop();
      expect(cut(chunks)).toEqual(lines);
    }),
    {numRuns: 1000},
  );
});

test('a line without an end does not grow for ever', () => {
  expect(cut([Buffer.alloc(3 << 20, 'x')]).length).toBeLessThanOrEqual(3);
});
