import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {Plan} from '../../src/plan/plan.js';
import {readPlans} from '../../src/plan/read.js';
import {world} from './world.js';
import {limit} from '../rig/limits.js';

const head = `apiVersion: cm/v1
name: move
hosts:
  alpha: {address: alpha}
  beta: {address: beta}
`;

async function read(text: string): Promise<readonly Plan[]> {
  const result = await readPlans('plan.yaml', text, world);
  if (!result.ok) throw new Error(result.error.map(({message}) => message).join('\n'));
  return result.value.plans;
}

async function readOne(text: string): Promise<Plan> {
  const [plan] = await read(text);
  if (!plan) throw new Error('no plan');
  return plan;
}

async function codesOf(text: string): Promise<readonly string[]> {
  const result = await readPlans('plan.yaml', text, world);
  return result.ok ? [] : result.error.map(({code}) => code);
}

describe('what a plan says', () => {
  test('defaults of the language', async () => {
    const plan = await readOne(`${head}containers:\n  web: {on: beta}\n`);
    expect(plan).toMatchObject({
      name: 'move',
      file: 'plan.yaml',
      limits: {parallel: 4, perHost: 1},
      transfer: 'direct',
      suspend: false,
      hooks: {},
    });
    expect(plan.containers.get('web')).toEqual({
      name: 'web',
      on: 'beta',
      strategy: ['stateful', 'cold'],
      budget: {},
      connections: 'keep',
      dependsOn: [],
      volumes: {},
      hooks: {},
      at: 'plan.yaml:7:3',
    });
  });

  test('everything at once', async () => {
    const text = `${head.replace('{address: beta}', '{address: "root@[::1]:22", peerAddress: 10.0.0.2, engine: podman, labels: {rack: b}, ssh: {identity: ./key}}')}
defaults:
  strategy: cold
  budget: {downtime: 2s, total: 1.5m}
  connections: close
  verify: {tcp: 80, within: 1m, files: digest}
  volumes: {data: shared, cache: skip}
  hooks: {before: {run: [a]}, after: {run: [b]}}
  ssh: {config: ./ssh_config, identity: ./other}
containers:
  web:
    on: beta
    strategy: [stateful, cold]
    budget: {downtime: 500ms}
    verify: {exec: [ok]}
    dependsOn: [db]
    volumes: {data: sync, /mnt: shared}
    hooks: {after: [{run: [c, d], in: container, timeout: 5s, onFailure: continue}], redirect: {run: [e], undo: [f], on: target}}
  db: {on: alpha, verify: {within: 5s}}
limits: {parallel: 2, perHost: 3, bandwidth: 100MiB}
transfer: relay
suspend: true
hooks: {before: {run: [g]}}
`;
    const plan = await readOne(text);
    expect(plan.hosts.get('beta')).toEqual({
      name: 'beta',
      address: 'root@[::1]:22',
      peerAddress: '10.0.0.2',
      engine: 'podman',
      labels: {rack: 'b'},
      ssh: {config: '/plans/./ssh_config', identity: '/plans/./key'},
    });
    expect(plan.containers.get('web')).toEqual({
      name: 'web',
      on: 'beta',
      strategy: ['stateful', 'cold'],
      budget: {downtimeMs: 500, totalMs: 90_000},
      connections: 'close',
      verify: {exec: ['ok'], files: 'digest', withinMs: 60_000},
      dependsOn: ['db'],
      volumes: {data: 'sync', cache: 'skip', '/mnt': 'shared'},
      ownVolumes: ['data', '/mnt'],
      hooks: {
        before: [{run: ['a'], on: 'runner', timeoutMs: 60_000, onFailure: 'stop'}],
        after: [{run: ['c', 'd'], on: 'container', timeoutMs: 5000, onFailure: 'continue'}],
        redirect: [{run: ['e'], on: 'target', timeoutMs: 60_000, onFailure: 'stop', undo: ['f']}],
      },
      at: 'plan.yaml:16:3',
    });
    expect(plan.containers.get('db')?.verify).toEqual({
      tcp: 80,
      files: 'digest',
      withinMs: 5000,
    });
    expect(plan.limits).toEqual({parallel: 2, perHost: 3, bandwidth: 838_860_800});
    expect(plan).toMatchObject({transfer: 'relay', suspend: true});
  });

  test('what a container should be doing, and what is kept of it', async () => {
    const plan = await readOne(`${head}defaults:
  state: running
  checkpoints: {every: 1h, maxSize: 1GiB, maxAge: 30d}
containers:
  web: {on: beta, state: parked, checkpoints: {in: /srv/kept, maxAge: 72h, keep: 3}}
  db: {on: alpha}
`);
    const kept = {everyMs: 3_600_000, maxSize: 2 ** 30};
    expect(plan.containers.get('web')).toMatchObject({
      state: 'parked',
      checkpoints: {...kept, keep: 3, maxAgeMs: 259_200_000, in: '/srv/kept/cm-checkpoints'},
    });
    expect(plan.containers.get('db')).toMatchObject({state: 'running'});
    expect(plan.containers.get('db')?.checkpoints).toEqual({...kept, maxAgeMs: 2_592_000_000});
  });

  test('what is made again and again does not fill the disk', async () => {
    const plan = await readOne(
      `${head}containers:\n  web: {on: beta, checkpoints: {every: 10m}}\n  db: {on: beta, checkpoints: {in: /srv}}\n`,
    );
    expect(plan.containers.get('web')?.checkpoints).toEqual({everyMs: 600_000, keep: 5});
    expect(plan.containers.get('db')?.checkpoints).toEqual({in: '/srv/cm-checkpoints'});
  });

  test('names that objects inherit are names like others', async () => {
    const plan = await readOne(
      `${head}containers:\n  constructor: {on: beta, volumes: {toString: skip}}\n  web: {on: beta, dependsOn: [constructor]}\n`,
    );
    expect([...plan.containers.keys()]).toEqual(['constructor', 'web']);
    expect(Object.keys(plan.containers.get('web')?.volumes ?? {})).toEqual([]);
    expect(plan.containers.get('web')?.volumes['constructor']).toBeUndefined();
    expect(await codesOf(`${head}containers:\n  web: {on: constructor}\n`)).toEqual([
      'unknown-host',
    ]);
    expect(await codesOf(`${head}containers:\n  web: {on: beta}\nconstructor: 1\n`)).toEqual([
      'unknown-key',
    ]);
  });

  test('x- keys are free', async () => {
    const text = `x-a: {b: "\${NOT_SET}"}\n${head}containers:\n  web: {on: beta, x-note: 1}\n`;
    expect(await readOne(text)).toHaveProperty('name', 'move');
  });
});

describe('the environment', () => {
  test('stands in values, as text or as what is wanted there', async () => {
    const text = `${head}containers:
  web:
    on: \${HOST}
    verify: {tcp: "\${PORT}", within: "\${NO_TIME:-7}s"}
    hooks: {after: {run: ["\${EMPTY:-none}", "$$\${WORD}", "\${PORT}", "$", "$WORD"]}}
suspend: \${TRUE}
`;
    const plan = await readOne(text);
    const web = plan.containers.get('web');
    expect(web).toMatchObject({on: 'beta', verify: {tcp: 8080, withinMs: 7000}});
    expect(web?.hooks.after?.[0]?.run).toEqual(['none', '$abc', '8080', '$', '$WORD']);
    expect(plan.suspend).toBe(true);
  });

  test('keys stay as they are written', async () => {
    const text = `${head}containers:\n  "\${WORD}": {on: beta}\n`;
    expect(await codesOf(text)).toEqual(['bad-name']);
  });
});

describe('the hash', () => {
  const hashOf = async (text: string): Promise<string> => (await readOne(text)).hash;
  const plan = `${head}containers:\n  a: {on: beta, strategy: cold}\n  b: {on: beta}\n`;

  test('is the same when only the writing differs', async () => {
    const other = `# other\nx-free: 1\n${head.replaceAll('address: beta', 'address: "beta"')}containers:\n  b:\n    on: beta\n  a:\n    strategy: cold\n    on: beta\n`;
    expect(await hashOf(other)).toBe(await hashOf(plan));
  });

  test.each([
    ['another host', plan.replace('on: beta}', 'on: alpha}')],
    ['another name of a container', plan.replace('  b:', '  at:')],
    ['another limit', `${plan}limits: {parallel: 1}\n`],
    ['a volume called file', plan.replace('strategy: cold', 'volumes: {file: skip}')],
  ])('differs with %s', async (_, other) => {
    expect(await hashOf(other)).not.toBe(await hashOf(plan));
  });
});

describe('odd files', () => {
  const good = `${head}containers:\n  web: {on: beta}\n`;

  test('a byte order mark and carriage returns change nothing', async () => {
    const [plain, odd] = [
      await readOne(good),
      await readOne(`\uFEFF${good.replaceAll('\n', '\r\n')}`),
    ];
    expect(odd).toEqual(plain);
  });

  test('lines of a file with carriage returns are shown without them', async () => {
    const text = good.replace('beta}\n', 'beat}\n').replace('on: beta', 'on: gamma');
    const result = await readPlans('plan.yaml', text.replaceAll('\n', '\r\n'), world);
    expect(result.ok ? [] : result.error[0]?.place).toMatchObject({
      line: 7,
      column: 13,
      length: 5,
      text: '  web: {on: gamma}',
    });
  });

  test.each([
    ['too long', ' '.repeat(5_000_000), 'file-too-long'],
    ['not text', '\0\u0001\u0002', 'not-text'],
    ['not UTF-8', `${good}# \uFFFD\n`, 'not-text'],
    ['an escape sequence', `${good}# \u001b[31mred\n`, 'control-character'],
    ['NUL by an escape', good.replace('on: beta', 'on: "b\\0"'), 'bad-word'],
    ['empty', '', 'empty-file'],
    ['only markers', '---\n---\n...\n', 'empty-file'],
    ['brackets', '['.repeat(100_000), 'too-deep'],
    ['braces', '{a: '.repeat(100_000), 'too-deep'],
    ['dashes', '- '.repeat(100_000), 'too-deep'],
    ['question marks', '? '.repeat(100_000), 'too-deep'],
    [
      'indentation',
      Array.from({length: 1200}, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      'too-deep',
    ],
  ])('%s', async (_, text, code) => {
    const codes = await codesOf(text);
    expect(codes[0]).toBe(code);
  });

  test('a thousand mistakes are not all shown', async () => {
    const lines = Array.from({length: 1000}, (_, at) => `  c${at}: {on: nowhere}`);
    const codes = await codesOf(`${head}containers:\n${lines.join('\n')}\n`);
    expect(codes).toHaveLength(101);
    expect(codes.at(-1)).toBe('more-problems');
  });

  test('a bomb and a hundred thousand aliases end quickly', {timeout: limit(20)}, async () => {
    const bomb = Array.from(
      {length: 40},
      (_, at) => `x-${at}: &a${at} [${`*a${at - 1},`.repeat(9)}]`,
    );
    const text = `${bomb.join('\n').replaceAll('*a-1', '1')}\n${good}`;
    expect(new Set(await codesOf(text))).toEqual(new Set(['alias-bomb']));
    const many = `x-a: &a {b: 1}\nx-l: [${'*a,'.repeat(100_000)}]\n${good}`;
    expect(await codesOf(many)).toEqual([]);
  });

  test('a long chain of dependencies is no circle and does not overflow', async () => {
    const chain = Array.from({length: 10_000}, (_, at) =>
      at === 0 ? '  c0: {on: beta}' : `  c${at}: {on: beta, dependsOn: [c${at - 1}]}`,
    );
    expect(await codesOf(`${head}containers:\n${chain.join('\n')}\n`)).toEqual([]);
  });
});

describe('plans that are given as examples', () => {
  const files = ['../../examples/', '../../plans/'].flatMap((folder) => {
    const url = new URL(folder, import.meta.url);
    return readdirSync(url, {recursive: true, encoding: 'utf8'})
      .filter((name) => /\.ya?ml$/u.test(name))
      .map((name) => new URL(name, url));
  });

  test.each(files.map((url) => [url.pathname.split('/').slice(-2).join('/'), url]))(
    '%s is right, without a warning',
    async (_, url) => {
      const text = readFileSync(url, 'utf8');
      const asked = [...text.matchAll(/\$\{(\w+):\?/gu)].map(([, name = '']) => [name, 'given']);
      const env = Object.fromEntries(asked) as Record<string, string>;
      expect(await readPlans('plan.yaml', text, {...world, env})).toMatchObject({
        ok: true,
        value: {warnings: []},
      });
      expect(text).toMatch(/^# yaml-language-server: \$schema=.*plan\.schema\.json\n#/u);
    },
  );
});
