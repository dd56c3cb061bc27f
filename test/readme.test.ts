import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '..');

/** Of problems that end in exit 3, by the code itself. */
function codesToLookAt(): readonly string[] {
  const files = readdirSync(join(root, 'src'), {recursive: true, encoding: 'utf8'});
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'));
  return texts.flatMap((text) =>
    [...text.matchAll(/kind: 'look',\s+code: '([a-z-]+)'/g)].map(([, code = '']) => code),
  );
}

test('README tells of everything that a person is asked to look at', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const codes = codesToLookAt();
  expect(codes).toContain('target-unknown');
  expect(codes.filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});
