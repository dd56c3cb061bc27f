import {parseArgs} from 'node:util';
import {ConservationLab} from './conservation-lab.js';
import {hosts} from './containers.js';
import {OneRun} from './one-run.js';

const usage = `npm run conservation -- [--runs 10] [--seed 1] [--lab conservation] [--keep]

Moves containers of podman and docker, cold and stateful, with volumes, folders within folders, links, sparse files, attributes and
shared folders, there and back between three lab hosts, in random order, with changes by others and with runners that are killed. After each
step every file of every host must be what a model says. Linux, root. The seed may also come from CONSERVATION_SEED.

--keep    stop at the first violation, and leave the lab as it is`;

const {values} = parseArgs({
  options: {
    runs: {type: 'string', default: '10'},
    seed: {type: 'string', default: process.env['CONSERVATION_SEED'] ?? '1'},
    lab: {type: 'string', default: 'conservation'},
    keep: {type: 'boolean', default: false},
    help: {type: 'boolean', default: false},
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function oneSeed(lab: ConservationLab, seed: number): Promise<boolean> {
  const began = performance.now();
  const {steps, violations} = await new OneRun(lab, seed).run(3);
  say(`seed ${seed}, ${((performance.now() - began) / 1000).toFixed(0)} s: ${steps.join('; ')}`);
  for (const line of violations.slice(0, 20)) say(`  VIOLATION ${line}`);
  return violations.length === 0;
}

async function main(): Promise<number> {
  const lab = await ConservationLab.open(values.lab, hosts, say);
  const runs = Number(values.runs);
  let violated = 0;
  for (let run = 0; run < runs; run += 1) {
    if (await oneSeed(lab, Number(values.seed) + run)) continue;
    violated += 1;
    if (values.keep) return 1;
  }
  say(`${runs} runs, ${violated} with violations`);
  await lab.close();
  return violated === 0 ? 0 : 1;
}

if (values.help) say(usage);
else process.exitCode = await main();
