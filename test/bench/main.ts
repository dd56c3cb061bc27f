import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {benchDowntime} from './downtime.js';
import {LabRig} from './lab-rig.js';
import {watchMachine} from './machine.js';
import {type Comparison, type Figure, json, markdown, type Results} from './result.js';
import {benchRunner} from './runner.js';
import {benchStart} from './start.js';

const usage = `npm run bench -- [start] [downtime] [runner] [--pairs 7] [--megabytes 64,200] [--cm FILE] [--no-cm] [--out FOLDER]

start     cm --version, --help and validate against node
downtime  cm apply, naive.sh and expert.sh in turn, as a client sees them (lab: Linux, root)
runner    memory and traffic of the machine that runs cm (lab)

Without a name all of them. --cm is the build to measure (dist/main.js); --no-cm leaves it out. Results: bench.md and bench.json in FOLDER (node_modules/.cache/cm-bench).`;

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    pairs: {type: 'string', default: '7'},
    megabytes: {type: 'string', default: '200'},
    cm: {type: 'string', default: 'dist/main.js'},
    'no-cm': {type: 'boolean', default: false},
    out: {type: 'string', default: 'node_modules/.cache/cm-bench'},
    help: {type: 'boolean', short: 'h', default: false},
  },
});

const pairs = Number(values.pairs);
const wanted = (name: string): boolean => positionals.length === 0 || positionals.includes(name);

/** Those that need hosts; they are removed at the end, whatever it is. */
async function inLab(comparisons: Comparison[], figures: Figure[]): Promise<void> {
  const rig = await LabRig.open(values.cm);
  try {
    if (wanted('downtime')) {
      for (const megabytes of values.megabytes.split(',').map(Number)) {
        const withCm = !values['no-cm'];
        const downtime = await benchDowntime(rig, megabytes, pairs, withCm);
        comparisons.push(...downtime.comparisons);
        figures.push(...downtime.figures);
      }
    }
    if (wanted('runner') && !values['no-cm']) figures.push(...(await benchRunner(rig)));
  } finally {
    await rig.close();
  }
}

async function bench(): Promise<Results> {
  const comparisons: Comparison[] = [];
  const figures: Figure[] = [];
  const machine = watchMachine();
  if (wanted('start')) comparisons.push(...benchStart(values.cm, Math.max(pairs, 15)));
  if (wanted('downtime') || wanted('runner')) await inLab(comparisons, figures);
  return {machine: machine(), comparisons, figures};
}

if (values.help) {
  console.log(usage);
} else {
  const results = await bench();
  mkdirSync(values.out, {recursive: true});
  writeFileSync(join(values.out, 'bench.json'), json(results));
  writeFileSync(join(values.out, 'bench.md'), markdown(results));
  console.log(markdown(results));
}
