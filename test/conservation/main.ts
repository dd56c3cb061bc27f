import {parseArgs} from 'node:util';
import {ConservationLab} from './conservation-lab.js';
import {runOnce} from './one-run.js';

const usage = `npm run conservation -- [--runs 10] [--seed 1] [--lab conservation] [--keep]

Moves containers with volumes, folders within folders, links and shared folders there and back between two lab hosts, in random
order, with changes by others and with runners that are killed. After each step every file of both hosts must be what a model says.
Linux, root.

--keep    stop at the first violation, and leave the lab as it is`;

const {values} = parseArgs({
  options: {
    runs: {type: 'string', default: '10'},
    seed: {type: 'string', default: '1'},
    lab: {type: 'string', default: 'conservation'},
    keep: {type: 'boolean', default: false},
    help: {type: 'boolean', default: false},
  },
});

async function main(): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const lab = await ConservationLab.open(values.lab, say);
  let violated = 0;
  for (let run = 0; run < Number(values.runs); run += 1) {
    const seed = Number(values.seed) + run;
    const outcome = await runOnce(lab, seed);
    say(`seed ${seed}: ${outcome.steps.join(', ')}`);
    for (const line of outcome.violations.slice(0, 20)) say(`  VIOLATION ${line}`);
    if (outcome.violations.length === 0) continue;
    violated += 1;
    if (values.keep) return 1;
  }
  say(`${values.runs} runs, ${violated} with violations`);
  await lab.close();
  return violated === 0 ? 0 : 1;
}

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = await main();
