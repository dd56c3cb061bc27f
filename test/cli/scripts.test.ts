import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {test} from 'vitest';
import {readScript, ScriptRun} from './script.js';
import {limit} from '../rig/limits.js';

const folder = 'test/cli/scripts';
const names = readdirSync(folder).filter((name) => name.endsWith('.script'));

test.concurrent.each(names)('%s', async (name) => {
  const script = readScript(readFileSync(join(folder, name), 'utf8'));
  const run = new ScriptRun(script);
  try {
    await run.run(script);
  } finally {
    run.close();
  }
  // As long as a loaded machine takes: nothing here is about speed.
}, limit(60));
