import {parseArgs} from 'node:util';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {down} from '../../src/lab/lab.js';
import {benchPlace, must} from './bench-lab.js';
import {type Group, groups, type Wanted} from './groups.js';
import {Recorder} from './recorder.js';
import {keptOf, render, writeMarkdown} from './readme.js';
import {markdown} from './result.js';

const usage = `npm run bench -- [GROUP…] [--pairs N] [--megabytes N,…] [--cm FILE] [--no-cm] [--lab NAME] [--out FOLDER] [--render]

${Object.entries(groups)
  .map(
    ([name, {about, minutes, pairs}]) =>
      `${name.padEnd(10)}${about} (${pairs} pairs, ${minutes} min)`,
  )
  .join('\n')}

Without a name all of them; all but "start" need Linux and root. The figures are worth something on a machine that does nothing
else. Each group is a process of its own, is given up after three times as long as it usually takes, keeps what it has measured
as it goes on, and takes the place of what was measured of it before.

--pairs      instead of each group's own number
--megabytes  sizes for downtime, runc and docker; for link, many and pre-copy the first one is the size; for graph, containers a host
--cm         the build to measure (dist/main.js); --no-cm leaves it out, to compare scripts
--lab        what its hosts are called (bench); a lab of this name is removed first
--out        where results are kept, one file a group, and bench.md of all (node_modules/.cache/cm-bench/results)
--render     measures nothing, and puts what is kept there into test/bench/README.md`;

const names = Object.keys(groups);

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    pairs: {type: 'string'},
    megabytes: {type: 'string'},
    cm: {type: 'string', default: 'dist/main.js'},
    'no-cm': {type: 'boolean', default: false},
    lab: {type: 'string', default: 'bench'},
    out: {type: 'string', default: 'node_modules/.cache/cm-bench/results'},
    render: {type: 'boolean', default: false},
    /** One group, in this process; how this program calls itself. */
    alone: {type: 'boolean', default: false},
    help: {type: 'boolean', short: 'h', default: false},
  },
});

const wanted: Wanted = {
  ...{program: values.cm, lab: values.lab, withCm: !values['no-cm']},
  ...(values.pairs !== undefined && {pairs: Number(values.pairs)}),
  ...(values.megabytes !== undefined && {megabytes: values.megabytes.split(',').map(Number)}),
};

/** Told to stop, it takes down what it has put up before it does. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stop.abort();
  });

/** A group that hangs is killed, and what it has put up is taken down. */
async function runGroup(name: string, {minutes, pairs}: Group): Promise<boolean> {
  const more = Math.max(1, (wanted.pairs ?? pairs) / pairs);
  const timeout = 60_000 * (4 + 3 * minutes * more);
  console.error(
    `\n== ${name}: about ${minutes} minutes, given up after ${Math.round(timeout / 60_000)}`,
  );
  const began = Date.now();
  const words = [
    fileURLToPath(import.meta.url),
    ...process.argv.slice(2).filter((word) => !names.includes(word)),
  ];
  const ran = await execa(process.execPath, [...words, '--alone', name], {
    ...{stdio: 'inherit', reject: false, timeout, killSignal: 'SIGKILL', cancelSignal: stop.signal},
  });
  const took = ((Date.now() - began) / 60_000).toFixed(1);
  if (ran.exitCode === 0) console.error(`== ${name} took ${took} minutes`);
  else {
    console.error(`== ${name} ${ran.timedOut ? 'hung' : 'failed'} after ${took} minutes`);
    if (name !== 'start') must(await down(benchPlace(), wanted.lab));
  }
  return ran.exitCode === 0;
}

async function alone(name: string): Promise<void> {
  const recorder = new Recorder(values.out, name);
  try {
    await groups[name]?.run(wanted, recorder);
  } catch (error) {
    recorder.miss(error instanceof Error ? (error.message.split(/[\n:]/)[0] ?? '') : String(error));
    throw error;
  }
}

async function all(): Promise<void> {
  const chosen = positionals.length === 0 ? names : positionals;
  const wrong = chosen.find((name) => !names.includes(name));
  if (wrong !== undefined) throw new Error(`there is no group "${wrong}"\n\n${usage}`);
  const failed: string[] = [];
  for (const [name, group] of Object.entries(groups)) {
    if (!chosen.includes(name) || stop.signal.aborted) continue;
    if (!(await runGroup(name, group))) failed.push(name);
    writeMarkdown(values.out, names);
  }
  console.log(markdown(keptOf(values.out, chosen)));
  if (failed.length === 0) return;
  console.error(`not measured to the end: ${failed.join(', ')}`);
  process.exitCode = 1;
}

if (values.help) console.log(usage);
else if (values.render) render('test/bench/README.md', values.out, names);
else if (values.alone) await alone(positionals[0] ?? '');
else await all();
