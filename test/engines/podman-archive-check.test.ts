import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {checkArchiveText} from '../../src/engines/podman/archive-check.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cm-archive-'));
});
afterAll(() => {
  rmSync(folder, {recursive: true, force: true});
});

const spec = {ociVersion: '1.2.0', process: {env: ['A="hooks":', 'B=<&>'], args: ['sh']}};

const config = {
  name: 'web',
  runtime: 'runc',
  exitCommand: [
    ...['/usr/bin/podman', '--root', '/var/lib/containers/storage', '--runtime', 'runc'],
    ...['container', 'cleanup', '--stopped-only', 'f'.repeat(64)],
  ],
};

/** As podman writes it, with the characters escaped that Go escapes. */
const json = (value: unknown): string =>
  JSON.stringify(value, undefined, 5).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026');

async function checked(specText: string, configText: string) {
  writeFileSync(join(folder, 'spec.dump'), specText);
  writeFileSync(join(folder, 'config.dump'), configText);
  const text = `${checkArchiveText}\ncheck_archive "$1"`;
  return execa('sh', ['-euc', text, 'cm', folder], {reject: false});
}

test('what podman writes is taken', async () => {
  expect(await checked(json(spec), json(config))).toMatchObject({exitCode: 0, stderr: ''});
});

const hook = {createRuntime: [{path: '/bin/sh'}]};

test.each<[string, string, string]>([
  ['hooks', json({...spec, hooks: hook}), json(config)],
  ['hooks in capitals', json({...spec, HOOKS: hook}), json(config)],
  ['hooks with an escape', json(spec).replace('{', '{"h\\u006foks": {},'), json(config)],
  ['hooks with a long s', json(spec).replace('{', '{"hookſ" : {},'), json(config)],
  ['hooks with a kelvin', json(spec).replace('{', '{"hooKs" : {},'), json(config)],
  ['a runtime by its path', json(spec), json({...config, runtime: '/srv/data/run'})],
  ['a second runtime', json(spec), json({...config, Runtime: '/srv/data/run'})],
  ['no text as runtime', json(spec), json({...config, runtime: ['/srv/data/run']})],
  ['an exit command', json(spec), json({...config, exitCommand: ['/bin/sh', '-c', 'id']})],
  ['a podman elsewhere', json(spec), json({...config, exitCommand: ['/srv/podman']})],
  ['another exit command', json(spec), json({...config, EXITCOMMAND: ['/bin/sh', '-c', 'id']})],
  [
    'hooks at the exit',
    json(spec),
    json({...config, exitCommand: ['/usr/bin/podman', '--hooks-dir', '/srv']}),
  ],
  [
    'a runtime at the exit',
    json(spec),
    json({...config, exitCommand: ['/usr/bin/podman', '--runtime', '/srv/run']}),
  ],
])('%s: refused', async (_, specText, configText) => {
  const ended = await checked(specText, configText);
  expect(ended.stderr).toMatch(/^the checkpoint that arrived is not podman's own: /);
  expect(ended.exitCode).toBe(65);
});

test.each(['spec.dump', 'config.dump'])('no %s, or a link in its place: refused', async (name) => {
  const text = `${checkArchiveText}\ncheck_archive "$1"`;
  for (const instead of ['rm "$1/$2"', 'mv "$1/$2" "$1/x"; ln -s x "$1/$2"']) {
    await checked(json(spec), json(config));
    await execa('sh', ['-euc', instead, 'cm', folder, name]);
    const ended = await execa('sh', ['-euc', text, 'cm', folder], {reject: false});
    expect([ended.exitCode, ended.stderr]).toEqual([
      65,
      `the checkpoint that arrived is not podman's own: it has no ${name}`,
    ]);
    await execa('sh', ['-euc', 'rm -f "$1/$2" "$1/x"', 'cm', folder, name]);
  }
});
