import {enginesOf} from '../../src/engines/registry.js';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Clock} from '../../src/base/clock.js';
import type {Command} from '../../src/base/command.js';
import {ok} from '../../src/base/result.js';
import {podman} from '../../src/engines/podman/podman.js';
import {localTransport} from '../../src/hosts/local.js';
import type {Transport} from '../../src/hosts/transport.js';
import {LeaseKeeper} from '../../src/run/lease-keeper.js';
import {observe} from '../../src/state/host/observe.js';
import {limit, until} from '../rig/limits.js';
import {ShellHost} from '../rig/shell-host.js';

/** What `podman` of a hostile host prints, and never ends in some cases. */
const answers: Readonly<Record<string, string>> = {
  'an endless line': 'exec tr "\\0" x </dev/zero',
  'endless lines': 'exec yes',
  'a flood of errors': 'exec yes >&2',
  'a flood of errors without a line end': 'exec tr "\\0" x </dev/zero >&2',
  'deep brackets': 'head -c 30000000 /dev/zero | tr "\\0" "["',
  'deep objects': `head -c 3000000 /dev/zero | sed 's/\\x00/{"a":/g'`,
  'many records': `yes '{"Id":"x","Names":["y"]},' | head -c 30000000`,
  escapes: `printf '["'; head -c 3000000 /dev/zero | sed 's/\\x00/\\\\u0000/g'; printf '"]'`,
  'an answer that never ends': 'while :; do echo "["; sleep 0.2; done',
};

/** The lease expires after 60 s without a heartbeat, which comes every 15 s: here all of it goes a hundred times as fast. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms / 100, undefined, signal && {signal}).catch(() => undefined);
  },
};

let good: ShellHost;
let folder: string;
beforeEach(() => {
  good = new ShellHost();
  folder = mkdtempSync(join(tmpdir(), 'cm-load-'));
});
afterEach(() => {
  good[Symbol.dispose]();
  rmSync(folder, {recursive: true, force: true});
});

function hostile(name: string, text: string): Transport {
  const bin = join(folder, name.replaceAll(' ', '-'));
  mkdirSync(bin);
  writeFileSync(join(bin, 'podman'), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, 'podman'), 0o755);
  return localTransport(name, {PATH: `${bin}:${process.env['PATH'] ?? ''}`});
}

test(
  'hostile hosts in a plan of ten moves cost no other move its lease',
  async () => {
    let renewals = 0;
    const host: Pick<Transport, 'run'> = {
      run: async (command: Command) => {
        if (command.title === 'lease heartbeat') renewals += 1;
        return ok(await good.run(command));
      },
    };
    const transports = new Map<string, Transport>([
      ...Object.entries(answers).map(([name, text]) => [name, hostile(name, text)] as const),
      ['good', {...localTransport('good', {}), ...host}],
    ]);
    const transportOf = async (name: string) =>
      Promise.resolve(ok(transports.get(name) ?? hostile('none', 'false')));
    const warnings: unknown[] = [];
    const leases = new LeaseKeeper({
      transportOf,
      clock,
      who: {run: 'r1', owner: 'ann@desk', plan: 'evening'},
      lockWaitMs: 0,
      warn: (problem) => warnings.push(problem),
    });
    expect(await leases.acquire('good', 'web')).toEqual(ok('leased'));

    const stop = new AbortController();
    const looking = {
      transportOf,
      engines: enginesOf([podman]),
      clock,
      signal: stop.signal,
    };
    const looked = new Map(Object.keys(answers).map((name) => [name, 0]));
    const lanes = Object.keys(answers).map(async (name) => {
      while (!stop.signal.aborted) {
        const view = (await observe(looking, [{name, address: name, labels: {}, ssh: {}}], ['web']))
          .hosts;
        // Whatever it said, it is a problem of that host.
        expect(view.get(name)).toHaveProperty('code');
        looked.set(name, (looked.get(name) ?? 0) + 1);
      }
    });
    const file = good.at('/run/cm/leases/web');
    const ends = Object.keys(answers).filter((name) => name !== 'an answer that never ends');
    // However busy this machine is, the lease is renewed between their answers.
    for (let round = 1; round <= 2; round += 1) {
      const old = Date.now() / 1000 - 50;
      utimesSync(file, old, old);
      const before = renewals;
      await until(() => renewals >= before + 5, 120);
      expect(statSync(file).mtimeMs).toBeGreaterThan(old * 1000 + 1000);
      await until(() => ends.every((name) => (looked.get(name) ?? 0) >= round), 120);
    }
    stop.abort();
    await Promise.all(lanes);
    expect(warnings).toEqual([]);
    expect(leases.holds('good', 'web')).toBe(true);
    expect(await leases.lost('web')).toBeUndefined();
    leases.close();
  },
  limit(300),
);
