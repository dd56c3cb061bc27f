import {execFile} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {test} from 'vitest';
import {limit} from '../rig/limits.js';

test(
  'the types and the validator are what the schema makes of them',
  {timeout: limit(60)},
  async () => {
    const generate = fileURLToPath(new URL('../../schemas/generate.mjs', import.meta.url));
    await promisify(execFile)('node', [generate, '--check']);
  },
);
