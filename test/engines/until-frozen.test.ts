import {mkdirSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {frozenScript} from '../../src/engines/criu/until-frozen.js';
import {ShellHost} from '../rig/shell-host.js';

let host: ShellHost;

beforeEach(() => {
  host = new ShellHost();
});

afterEach(() => {
  host[Symbol.dispose]();
});

test.each([
  ['frozen', 0],
  ['ended', 1],
  [undefined, 1],
])('what is waited for is there (%s), or never comes', async (file, code) => {
  const folder = host.at('/scratch');
  // Without a file the folder is gone, too: a later run has tidied up after the one that died.
  if (file !== undefined) {
    mkdirSync(folder);
    writeFileSync(`${folder}/${file}`, '');
  }
  expect((await host.run(frozenScript(folder))).code).toBe(code);
});
