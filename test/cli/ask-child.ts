import {existsSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {askYes} from '../../src/cli/command-line/ask.js';
import type {Machine} from '../../src/cli/session/machine.js';

// Run on a terminal by ask.test.ts: looks until the file is there, and then asks.
const go = process.argv[2] ?? '';
process.stdout.write('looking\n');
while (!existsSync(go)) await sleep(20);
const never = new AbortController().signal;
const machine = {stdin: process.stdin, stderr: process.stderr, stop: never} as Partial<Machine>;
const answer = await askYes(machine as Machine, 'apply?');
process.stdout.write(`answer: ${String(answer)}\n`);
process.exit(0);
