import {describe, expect, test} from 'vitest';
import {ok} from '../../src/base/result.js';
import {readCompared, readLinked} from '../../src/hosts/link/compare.js';
import {comparison} from '../../src/hosts/link/comparison.js';
import type {Output, Transport} from '../../src/hosts/transport.js';
import {failure, must} from './contract.js';

const said = (...differences: readonly string[]): string =>
  [...differences, 'Number of files: 12 (reg: 9, dir: 3)', 'Total file size: 340 bytes']
    .concat(`cm-differing ${differences.length}`)
    .join('\n');

const out = (stdout: string, code = 0): Output => ({code, stdout, stderr: 'why', durationMs: 1});

describe('what rsync says of two folders', () => {
  test('is told in words, without folders whose times follow from what is in them', () => {
    const compared = readCompared(
      said(
        'cm .d..t...... d/',
        'cm >f.st...... d/grown',
        'cm .f...pog.ax owned',
        'cm cLc.t...... link',
        'cm >f+++++++++ gone',
        'cm *deleting   extra',
        'cm hf          two',
        String.raw`cm >fc........ b\#303\#244r\#012x`,
      ),
    );
    expect(compared).toEqual({
      files: 12,
      bytes: 340,
      differing: 7,
      differences: [
        {path: 'd/grown', how: 'size, time'},
        {path: 'owned', how: 'mode, owner, group, ACL, extended attributes'},
        {path: 'link', how: 'content, time'},
        {path: 'gone', how: 'missing on the target'},
        {path: 'extra', how: 'only on the target'},
        {path: 'two', how: 'not the same file as its other name'},
        {path: String.raw`bär\#012x`, how: 'content'},
      ],
    });
  });

  test('is nothing where only times of folders differ, which do not count while CRIU dumps', () => {
    const text = said('cm .d..t...... tmp/');
    expect(readCompared(text)).toMatchObject({differing: 1, differences: [{path: 'tmp/'}]});
    expect(readCompared(text, false)).toMatchObject({differing: 0, differences: []});
    const more = said('cm .d..t...... tmp/', 'cm >f.st...... tmp/x');
    expect(readCompared(more, false)).toMatchObject({differing: 1, differences: [{path: 'tmp/x'}]});
  });

  test('is no answer where a line is missing', () => {
    for (const line of said().split('\n'))
      expect(readCompared(said().replace(line, ''))).toBeUndefined();
  });

  test('names of one file are compared in both directions', () => {
    const [one, other] = ['digest1\na\tb\n', 'digest2\na\tc\n'];
    expect(readLinked(one, one)).toEqual([]);
    expect(readLinked(one, other).map(({path, how}) => `${path}: ${how}`)).toEqual([
      'b: another name of a on the source alone',
      'c: another name of a on the target alone',
    ]);
    expect(readLinked('digest1\na\tb\n', 'digest2\na\tb\n')).toHaveLength(1);
  });
});

describe('a comparison', () => {
  const transport = (host: string): Transport => ({
    host,
    run: async () => Promise.resolve(ok(out('digest\n'))),
    start: async () => Promise.reject(new Error('nothing is started')),
    endpoint: async () => Promise.resolve(ok(undefined)),
    close: async () => Promise.resolve(),
  });
  const sides = {
    from: transport('alpha'),
    to: transport('beta'),
    receivers: {v0: {kind: 'folder' as const, path: '/t'}},
    source: '/s',
    receiver: 'v0',
  };

  test.each([
    ['accepts times in whole seconds where nothing else differs', said(), 0],
    ['does not where they differ by a second', said('cm .f..t...... a'), 1],
  ])('%s', async (_what, again, differing) => {
    const asked: (readonly string[])[] = [];
    const compared = await comparison(sides, {}, async (words) => {
      asked.push(words);
      return Promise.resolve(ok(out(asked.length === 1 ? said('cm .f..t...... a') : again)));
    });
    expect(must(compared)).toMatchObject({differing, files: 12});
    expect(must(compared).wholeSeconds).toBe(differing === 0 ? true : undefined);
    const window = '--modify-window=-1';
    expect(asked.map((words) => words.includes(window))).toEqual([true, false]);
  });

  test('that rsync does not carry out is a failure', async () => {
    for (const answer of [out(said(), 23), out('')]) {
      const compared = await comparison(sides, {}, async () => Promise.resolve(ok(answer)));
      expect(failure(compared)).toMatchObject({code: 'compare-failed', host: 'alpha'});
    }
  });
});
