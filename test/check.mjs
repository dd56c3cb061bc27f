// The checks that run no test, two at a time; each with the seconds it took.
import {spawn} from 'node:child_process';

const checks = [
  ['eslint', '.'],
  ['tsc'],
  ['prettier', '--check', '--log-level', 'warn', '.'],
  ['knip'],
];

const run = ([program, ...words]) =>
  new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(program, words, {stdio: 'inherit'});
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(false);
    });
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${program}: ${code === 0 ? 'clean' : 'failed'}, ${seconds} s`);
      resolve(code === 0);
    });
  });

let clean = true;
const next = async () => {
  for (let check = checks.shift(); check; check = checks.shift())
    if (!(await run(check))) clean = false;
};
await Promise.all([next(), next()]);
process.exitCode = clean ? 0 : 1;
