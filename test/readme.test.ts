import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {exit3} from '../src/cli/command-line/topic-exit-3.js';

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

test('"cm help exit-3" tells of everything that a person is asked to look at', () => {
  const codes = codesToLookAt();
  expect(codes).toContain('target-unknown');
  const told = new Set(exit3.split(/[\s,]+/u));
  expect(codes.filter((code) => !told.has(code))).toEqual([]);
});

test('README is for somebody who has five minutes', () => {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(160);
});

const pages = readdirSync(root, {recursive: true, encoding: 'utf8'}).filter(
  (file) => file.endsWith('.md') && !/(?:^|\/)(?:node_modules|dist)\//u.test(file),
);

test('every file that a page links to is there', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/gu)].map(([, link = '']) => link);
    return links
      .filter((link) => !existsSync(join(root, dirname(page), link)))
      .map((link) => `${page}: ${link}`);
  });
  expect(broken).toEqual([]);
});
