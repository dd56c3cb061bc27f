import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {Chaos, type Outcome} from './one-run.js';
import {ChaosLab} from './chaos-lab.js';
import {type FaultName, faultNames, faultTitles} from './fault-names.js';
import {scenarioOf} from './scenario.js';
import {lineOf, table} from './table.js';

const usage = `npm run chaos -- [--runs 26] [--seed 1] [--fault NAME…] [--only K] [--lab chaos] [--keep] [--aged] [--cm FILE] [--out FILE]
npm run chaos -- --table FILE… [--readme]

Moves a container that writes all the time from one lab host to the other and back, and each time one thing goes wrong at a
moment that follows from the seed. Then everything is put right, "cm apply" is run again, and it is checked that the container
is there once, that nothing it has acknowledged is lost, that its clients are served, that nothing is left behind, and that
what the report said was true. Linux, root.

--fault   only these (repeatable); without it all of them in turn
--only    only this run of the seed
--keep    stop at the first violation, and leave the lab as it is
--aged    make leases old instead of waiting for a minute
--cm      the build to try (dist/main.js)
--out     one JSON object a run is appended to this file
--table   print the table of such files; with --readme put it into test/chaos/README.md

faults:
${faultNames.map((name) => `  ${name.padEnd(20)}${faultTitles[name]}`).join('\n')}`;

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    runs: {type: 'string', default: '26'},
    seed: {type: 'string', default: '1'},
    fault: {type: 'string', multiple: true, default: []},
    only: {type: 'string'},
    lab: {type: 'string', default: 'chaos'},
    keep: {type: 'boolean', default: false},
    aged: {type: 'boolean', default: false},
    cm: {type: 'string', default: 'dist/main.js'},
    out: {type: 'string'},
    table: {type: 'boolean', default: false},
    readme: {type: 'boolean', default: false},
    help: {type: 'boolean', short: 'h', default: false},
  },
});

const isFault = (name: string): name is FaultName =>
  (faultNames as readonly string[]).includes(name);

function chosen(): readonly FaultName[] {
  const names = [...values.fault, ...(values.table ? [] : positionals)];
  const wrong = names.find((name) => !isFault(name));
  if (wrong !== undefined) throw new Error(`there is no fault "${wrong}"\n\n${usage}`);
  return names.length === 0 ? faultNames : names.filter(isFault);
}

const again = (outcome: Outcome): string =>
  [
    `npm run chaos -- --seed ${outcome.scenario.seed} --only ${outcome.scenario.number}`,
    ...values.fault.map((name) => `--fault ${name}`),
    ...(values.aged ? ['--aged'] : []),
    '--keep',
  ].join(' ');

/** Whether all of it went as it must. */
async function tried(lab: ChaosLab, outcomes: Outcome[]): Promise<boolean> {
  const seed = Number(values.seed);
  const among = chosen();
  const chaos = new Chaos(lab, values.aged);
  const [from, to] =
    values.only === undefined
      ? [0, Number(values.runs)]
      : [Number(values.only), Number(values.only) + 1];
  for (let number = from; number < to; number++) {
    const outcome = await chaos.run(scenarioOf(seed, number, among));
    outcomes.push(outcome);
    console.log(lineOf(outcome));
    if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(outcome)}\n`);
    if (outcome.violations.length === 0) continue;
    for (const because of [outcome.first, ...outcome.beside, ...outcome.then])
      console.log(
        `      ${because.exit} ${because.outcome} ${because.where.join(' ')}: ${because.because.join('; ')}`,
      );
    console.log(`      once more: ${again(outcome)}`);
    if (values.keep) return false;
  }
  return outcomes.every(({violations}) => violations.length === 0);
}

async function main(): Promise<void> {
  const outcomes: Outcome[] = [];
  const {lab: name, cm: program} = values;
  const lab = await ChaosLab.open({name, program, say: console.error});
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void lab.close().finally(() => process.exit(130));
    });
  let good = false;
  try {
    good = await tried(lab, outcomes);
  } finally {
    if (!good) process.exitCode = 1;
    if (good || !values.keep) await lab.close();
    else
      console.log(
        `the lab "${name}" is left as it is, and what cm kept of its runs in ${lab.folder}`,
      );
    console.log(`\n${table(outcomes, `seed ${values.seed}`)}`);
  }
}

/** Between its markers. */
function intoReadme(text: string): void {
  const [begin, end] = ['<!-- chaos -->', '<!-- /chaos -->'];
  const file = 'test/chaos/README.md';
  const readme = readFileSync(file, 'utf8');
  const [before, rest] = readme.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no ${begin}`);
  writeFileSync(file, `${before}${begin}\n${text}${end}${after}`);
}

function tabulate(): void {
  const outcomes = positionals.flatMap((file) =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome),
  );
  const seeds = [...new Set(outcomes.map(({scenario}) => scenario.seed))];
  const text = table(outcomes, `seed${seeds.length > 1 ? 's' : ''} ${seeds.join(', ')}`);
  console.log(text);
  if (values.readme) intoReadme(text);
}

if (values.help) console.log(usage);
else if (values.table) tabulate();
else await main();
