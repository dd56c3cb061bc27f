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
    'engines/host/sections.js',
    'engines/engine.js',
    'engines/facts.js',
    'engines/oci/container-words.js',
    'engines/criu/cpu-share.js',
    'engines/oci/volumes.js',
    'hosts/transport.js',
    // Shell text.
    'hosts/link/authorized-keys.js',
    'hosts/link/end-sessions.js',
    'write-file-atomic',
    'node:',
  ],
  // The records' and leases' commands are plain data, as pure as an engine's.
  planner: [
    'base',
    'plan/plan.js',
    'plan/check/suggest.js',
    'engines/engine.js',
    'engines/facts.js',
    'engines/powers.js',
    'engines/stop.js',
    'engines/oci/volumes.js',
    'engines/host/weight-in.js',
    'engines/criu/cpu-share.js',
    'state/host/observed.js',
    'state/host/records.js',
    'state/host/kept.js',
    'state/host/kept-list.js',
    'state/host/left-behind.js',
    'state/host/leftovers.js',
  ],
  // Whether hosts are fit, from what was seen of them; the commands that look are plain data here, too.
  doctor: ['base', 'plan/plan.js', 'engines', 'state/host/observed.js', 'state/host/host-files.js'],
  run: [
    'base',
    'diagnose',
    'plan/plan.js',
    'engines/engine.js',
    'planner',
    'state',
    'hosts/transport.js',
    'hosts/link/link.js',
    'chokidar',
    'node:',
  ],
  report: [
    'base',
    'diagnose',
    'doctor',
    'plan',
    'planner',
    'run/events.js',
    // Only types: what is kept of a run is what is told of it.
    'state/runner/run-report.js',
    'state/host/kept.js',
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
    'planner',
    'run',
    'report',
    'lab',
    'commander',
    '@commander-js/extra-typings',
    'execa',
    'yaml',
    'write-file-atomic',
    'node:',
  ],
  'main.ts': ['cli', 'node:', '../package.json'],
};

/** Walls inside of a layer: which of its folders a folder may import from; each may import from the layer's own files. */
const walls: Record<string, readonly string[]> = {
  'engines/host': [],
  'engines/criu': ['engines/host'],
  'engines/oci': ['engines/host', 'engines/criu'],
  'engines/podman': ['engines/host', 'engines/criu', 'engines/oci'],
  'engines/docker': ['engines/host', 'engines/criu', 'engines/oci'],
  'engines/bundle': ['engines/host', 'engines/criu', 'engines/oci'],
  'hosts/ssh': [],
  'hosts/link': [],
  'state/host': [],
  'state/runner': [],
  'run/execute': [],
  'run/watch': [],
};

/** Layers whose results depend on their arguments alone. */
const pure = ['base', 'plan', 'engines', 'diagnose', 'doctor', 'planner'];

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

/** Imports from another folder of the same layer that its walls do not let through. */
function breaches(file: string): readonly string[] {
  const allowed = walls[dirname(file)];
  if (!allowed) return [];
  const [layer = ''] = file.split('/');
  return imports(file).filter((name) => {
    const folder = dirname(name);
    const isInside = [dirname(file), layer, ...allowed].includes(folder);
    return within(name, layer) && !isInside;
  });
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
  expect(breaches(file)).toEqual([]);
});

test.each(files.filter((file) => pure.includes(file.split('/')[0] ?? '')))(
  '%s knows no clock and no chance',
  (file) => {
    const text = readFileSync(join('src', file), 'utf8');
    expect(text).not.toMatch(/\bDate\.now\(|\bnew Date\(\)|Math\.random\(|\bsetTimeout\(/);
  },
);

/** Files that reach themselves by imports, as one path each. */
function circles(): readonly string[] {
  const known = new Set(files);
  const next = (file: string): readonly string[] =>
    imports(file)
      .map((name) => name.replace(/\.js$/, '.ts'))
      .filter((name) => known.has(name));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(' > '));
    if (at >= 0 || done.has(file)) return;
    for (const each of next(file)) visit(each, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

test('no file imports itself by others', () => {
  expect(circles()).toEqual([]);
});
