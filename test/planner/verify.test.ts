import {enginesOf} from '../../src/engines/registry.js';
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import type {Command} from '../../src/base/command.js';
import {podman} from '../../src/engines/podman/podman.js';
import type {Verify} from '../../src/plan/plan.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {ShellHost} from '../rig/shell-host.js';
import {container, found, living, observed, plan, survey, view} from './world.js';

function stepsOf(verify: Verify, state: 'running' | 'stopped' = 'stopped') {
  const redis = found('redis', state, {restartPolicy: 'no'});
  const {graph} = planMoves({
    plan: plan([container('redis', 'beta', {strategy: ['cold'], state: 'running', verify})]),
    observed: observed(
      {...living('alpha', redis), survey: survey()},
      view('beta', {survey: survey()}),
    ),
    engines: enginesOf([podman]),
    ...{run: 'r1', at: '2026-01-01T00:00:00Z'},
  });
  return graph.lanes[0]?.steps ?? [];
}

/** How the target is asked for a URL. */
function askedFor(http: string): Command {
  const act = stepsOf({http, withinMs: 1000}).find(({id}) => id === 'redis/verify')?.act;
  const [check] = act?.kind === 'verify' ? act.checks : [];
  if (!check) throw new Error('nothing is asked');
  return check;
}

test('where it serves now it is asked first, and told when it does not answer there', () => {
  const verify = {http: 'http://{address}/', tcp: 6379, exec: ['true'], withinMs: 60_000} as const;
  const steps = stepsOf(verify, 'running');
  const names = steps.map(({id}) => id.replace('redis/', ''));
  const before = steps[names.indexOf('verify-before')];
  expect(before).toMatchObject({host: 'alpha', tolerant: true});
  expect(before?.downtime).toBeUndefined();
  expect(before?.act).toMatchObject({kind: 'verify', host: 'alpha', verify: {withinMs: 5000}});
  expect(before?.act.kind === 'verify' && before.act.checks).toHaveLength(3);
  expect(names.indexOf('verify-before')).toBeLessThan(names.indexOf('stop'));
  expect(names.indexOf('stop')).toBeLessThan(names.indexOf('verify'));
  // One that is stopped answers nobody.
  expect(stepsOf(verify).some(({id}) => id === 'redis/verify-before')).toBe(false);
});

test('files are compared as the plan says, and nothing is asked of a copy of which it says no more', () => {
  for (const files of [undefined, 'metadata', 'digest'] as const) {
    const steps = stepsOf({withinMs: 1000, ...(files && {files})});
    expect(steps.find(({id}) => id === 'redis/compare')?.act).toMatchObject({
      by: files ?? 'metadata',
      folders: [{receiver: 'rootfs'}],
    });
    expect(steps.some(({id}) => id === 'redis/verify')).toBe(false);
  }
});

/** Runs it where only this address answers; the answer tells whether it succeeded, and what curl was told. */
async function ask(http: string, answers: string) {
  using host = new ShellHost();
  const told = host.at('/told');
  const programs = {
    podman: 'echo 4711',
    nsenter: 'echo "nsenter $1 $2 $3 $4" >> "$TOLD"; shift 4; exec "$@"',
    curl: 'cat > "$TOLD.last"; cat "$TOLD.last" >> "$TOLD"; grep -qF "$ANSWERS" "$TOLD.last"',
  };
  mkdirSync(host.at('/bin'));
  writeFileSync(told, '');
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(host.at(`/bin/${name}`), `#!/bin/sh\n${text}\n`);
    chmodSync(host.at(`/bin/${name}`), 0o755);
  }
  const asked = askedFor(http);
  const environment = [
    `PATH=${host.at('/bin')}:/usr/bin:/bin`,
    `TOLD=${told}`,
    `ANSWERS=${answers}`,
  ];
  const {code} = await host.run({...asked, argv: ['env', ...environment, ...asked.argv]});
  expect(JSON.stringify(asked.argv)).not.toContain('secret');
  return {code, told: readFileSync(told, 'utf8').trim().split('\n')};
}

test('the address of the container is asked in its own network', async () => {
  expect(await ask('http://u:secret"$@{address}:80/x', '@10.0.0.9:80')).toEqual({
    code: 0,
    told: ['nsenter -t 4711 -n --', 'url = "http://u:secret\\"$@10.0.0.9:80/x"'],
  });
});

test('where it has another address than on its source it still is itself', async () => {
  expect(await ask('http://{address}:80/', '127.0.0.1:80')).toEqual({
    code: 0,
    told: ['nsenter -t 4711 -n --', 'url = "http://10.0.0.9:80/"', 'url = "http://127.0.0.1:80/"'],
  });
  expect((await ask('http://{address}:80/', 'nowhere')).code).not.toBe(0);
});

test('any other address is asked from the host', async () => {
  expect(await ask('http://192.0.2.1/', '192.0.2.1')).toEqual({
    code: 0,
    told: ['url = "http://192.0.2.1/"'],
  });
});
