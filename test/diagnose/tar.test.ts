import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {tarOf} from '../../src/diagnose/tar.js';

test('tar lists and extracts what was packed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cm-tar-'));
  try {
    const bytes = (length: number) => Uint8Array.from({length}, (_, index) => index % 251);
    const files = [
      {name: 'top/README.txt', content: new TextEncoder().encode('grüße\n')},
      {name: 'top/empty', content: bytes(0)},
      {name: 'top/hosts/alpha/block', content: bytes(512)},
      {name: 'top/hosts/alpha/more', content: bytes(513)},
      {name: `top/${'n'.repeat(96)}`, content: bytes(1_048_576)},
    ];
    const archive = join(folder, 'a.tar.gz');
    writeFileSync(archive, gzipSync(Buffer.concat(tarOf(files, 1_767_323_045))));
    const tar = (...words: readonly string[]) =>
      execFileSync('tar', [...words], {encoding: 'utf8', env: {...process.env, TZ: 'UTC'}});
    expect(tar('-tzf', archive).trimEnd().split('\n')).toEqual(files.map(({name}) => name));
    const long = tar('-tvzf', archive);
    expect(long).toMatch(/^-rw------- 0\/0 +8 2026-01-02 03:04 top\/README\.txt$/mu);
    tar('-xzf', archive, '-C', folder);
    for (const {name, content} of files)
      expect(readFileSync(join(folder, name)).equals(content), name).toBe(true);
    expect(statSync(join(folder, 'top/empty')).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(folder, {recursive: true});
  }
});
