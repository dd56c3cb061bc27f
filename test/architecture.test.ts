import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path/posix';
import ts from 'typescript';
import {expect, test} from 'vitest';

/** Who may import what. Data flows down this table; nothing imports upwards. */
const layers: Record<string, readonly string[]> = {
  base: [],
  plan: ['base', 'yaml', 'ajv', 'fastest-levenshtein'],
  engines: ['base'],
  // What is known about errors: what a log says, and what to do. It sees texts, and no engine.
  diagnose: ['base'],
  hosts: ['base', 'plan/plan.js', 'execa', 'ssh2', 'node:'],
  state: [
    'base',
    'plan/plan.js',
    // Readers of what a script prints, for scripts that are about a host and not about its engine.
    'engines/sections.js',
    'engines/json.js',
    'engines/engine.js',
    'engines/facts.js',
    'engines/container-words.js',
    'engines/cpu-share.js',
    'engines/volumes.js',
    'hosts/transport.js',
    // Shell text.
    'hosts/authorized-keys.js',
    'hosts/end-sessions.js',
    'write-file-atomic',
    'node:',
  ],
  // The records' and leases' commands are plain data, as pure as an engine's.
  graph: [
    'base',
    'plan/plan.js',
    'engines/engine.js',
    'engines/facts.js',
    'engines/powers.js',
    'engines/stop.js',
    'engines/volumes.js',
    'engines/weight-in.js',
    'engines/cpu-share.js',
    'state/observed.js',
    'state/records.js',
    'state/kept.js',
    'state/kept-list.js',
    'state/left-behind.js',
    'state/leftovers.js',
  ],
  // Whether hosts are fit, from what was seen of them; the commands that look are plain data here, too.
  doctor: ['base', 'plan/plan.js', 'engines', 'state/observed.js', 'state/host-files.js'],
  run: [
    'base',
    'diagnose',
    'plan/plan.js',
    'engines/engine.js',
    'graph',
    'state',
    'hosts/transport.js',
    'hosts/link.js',
    'chokidar',
    'node:',
  ],
  report: [
    'base',
    'diagnose',
    'doctor',
    'plan',
    'graph',
    'run/events.js',
    // Only types: what is kept of a run is what is told of it.
    'state/run-report.js',
    'state/kept.js',
    'listr2',
    'pretty-ms',
    'pretty-bytes',
    'node:util',
    'node:stream',
  ],
  lab: ['base', 'hosts', 'execa', 'node:'],
  cli: [
    'base',
    'plan',
    'engines',
    'diagnose',
    'doctor',
    'hosts',
    'state',
    'graph',
    'run',
    'report',
    'lab',
    'commander',
    '@commander-js/extra-typings',
    'execa',
    'yaml',
    'node:',
  ],
  'main.ts': ['cli', 'node:', '../package.json'],
};

/** Layers whose results depend on their arguments alone. */
const pure = ['base', 'plan', 'engines', 'diagnose', 'doctor', 'graph'];

const within = (name: string, scope: string): boolean =>
  name === scope || name.startsWith(scope.endsWith(':') ? scope : `${scope}/`);

function imports(file: string): readonly string[] {
  const {importedFiles} = ts.preProcessFile(readFileSync(join('src', file), 'utf8'));
  return importedFiles.map(({fileName}) =>
    fileName.startsWith('.') ? join(dirname(file), fileName) : fileName,
  );
}

function trespasses(file: string): readonly string[] {
  const [layer = ''] = file.split('/');
  const allowed = [layer, ...(layers[layer] ?? [])];
  return imports(file).filter((name) => !allowed.some((scope) => within(name, scope)));
}

const files = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter((file) =>
  file.endsWith('.ts'),
);

test('the table names every layer there is', () => {
  const found = new Set(files.map((file) => file.split('/')[0] ?? ''));
  expect([...found].sort()).toEqual(Object.keys(layers).sort());
});

test.each(files)('%s stays in its layer', (file) => {
  expect(trespasses(file)).toEqual([]);
});

test.each(files.filter((file) => pure.includes(file.split('/')[0] ?? '')))(
  '%s knows no clock and no chance',
  (file) => {
    const text = readFileSync(join('src', file), 'utf8');
    expect(text).not.toMatch(/\bDate\.now\(|\bnew Date\(\)|Math\.random\(|\bsetTimeout\(/);
  },
);
