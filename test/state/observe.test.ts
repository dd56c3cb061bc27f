import {enginesOf} from '../../src/engines/registry.js';
import {mkdirSync, writeFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import type {Clock} from '../../src/base/clock.js';
import {command, type Command} from '../../src/base/command.js';
import type {Problem} from '../../src/base/problem.js';
import {err, ok} from '../../src/base/result.js';
import type {Engine} from '../../src/engines/engine.js';
import type {Output} from '../../src/hosts/transport.js';
import {acquire} from '../../src/state/host/lease.js';
import {logOf} from '../../src/state/host/ask.js';
import {manifestLine} from '../../src/state/host/kept.js';
import {lookAt, readLookAt} from '../../src/state/host/look-script.js';
import {observe, type Looking} from '../../src/state/host/observe.js';
import {writeRecord} from '../../src/state/host/records.js';
import {fakeEngine} from '../rig/fake-engine.js';
import {FakeWorld} from '../rig/fake-world.js';
import {manifest} from '../rig/manifest.js';
import {record} from '../rig/record.js';
import {ShellHost} from '../rig/shell-host.js';

const hasty: Clock = {now: () => 0, sleep: async () => Promise.resolve()};

/** Boot and machine ID, and the namespaces that tell apart hosts of one kernel. */
const machineShape: unknown = expect.stringMatching(/^[0-9a-f-]{36} .*net:\[\d+\] pid:\[\d+\]$/);

describe('the look script', () => {
  it('tells records, leases with their age, and whatever the engine prints', async () => {
    using host = new ShellHost();
    const written = record({boot: 'an earlier one'});
    await host.run(writeRecord(written));
    await host.run(writeRecord(record({container: 'a/b', plan: 'look\nlook'})));
    const who = {run: 'r1', owner: 'ann@desk', plan: 'p', since: 'now'};
    await host.run(acquire({...who, name: "it's/x"}));
    const output = await host.run(lookAt(command('printf', '%s', 'record {}\nlook\nend')));
    expect(output).toMatchObject({code: 0, stderr: ''});
    const read = readLookAt(output.stdout);
    if (!read.ok) throw new Error(read.error);
    expect(read.value.rest).toBe('record {}\nlook\nend');
    expect(read.value.records).toHaveLength(2);
    expect(read.value.records).toContainEqual(written);
    expect(read.value.leases).toMatchObject([
      {name: "it's/x", run: 'r1', owner: 'ann@desk', expired: false},
    ]);
    expect(read.value.leases[0]?.ageSeconds).toBeLessThan(5);
  });

  it('works on a host where nothing was ever written, and gives the engine’s exit code', async () => {
    using host = new ShellHost();
    const output = await host.run(lookAt(command('sh', '-c', 'echo out; exit 42')));
    expect(output).toMatchObject({code: 42, stderr: ''});
    expect(readLookAt(output.stdout)).toEqual({
      ok: true,
      value: {
        ...{records: [], unreadableRecords: [], leases: [], kept: []},
        ...{machine: machineShape, has: [], rest: 'out\n'},
      },
    });
    expect((await host.run(lookAt(command('/does/not/exist')))).code).toBe(127);
  });

  it('tells which other programs are there, whatever the engine is called with', async () => {
    using host = new ShellHost();
    const look = lookAt(command('printf', '%s', '--'), ['sh', 'no-such-program', 'tar']);
    expect(readLookAt((await host.run(look)).stdout)).toEqual({
      ok: true,
      value: {
        records: [],
        unreadableRecords: [],
        leases: [],
        kept: [],
        machine: machineShape,
        has: ['sh', 'tar'],
        rest: '--',
      },
    });
  });

  it('tells whose record cannot be read, and reads the others', async () => {
    using host = new ShellHost();
    const written = record({boot: 'an earlier one'});
    await host.run(writeRecord(written));
    const moves = host.at('/var/lib/cm/moves');
    const odd = {
      ...{
        x: '{"format":2}',
        'a%2Fb': 'torn',
        two: `${JSON.stringify(record({container: 'two'}))}\n!`,
      },
      ...{other: JSON.stringify(record()), last: '\n'},
    };
    for (const [name, text] of Object.entries(odd)) writeFileSync(`${moves}/${name}.json`, text);
    const read = readLookAt((await host.run(lookAt(command('true')))).stdout);
    if (!read.ok) throw new Error(read.error);
    expect(read.value.records).toEqual([written, record({container: 'two'})]);
    expect(read.value.unreadableRecords).toEqual([
      {container: 'a/b', reason: 'not a record: "torn"'},
      {container: 'last', reason: 'not a record: ""'},
      {container: 'other', reason: 'it is of "redis"'},
      {container: 'two', reason: 'not a record: "!"'},
      {container: 'x', reason: 'a record with a "format" that this cm does not know'},
    ]);
    writeFileSync(`${moves}/no name.json`, '{}');
    expect(readLookAt((await host.run(lookAt(command('true')))).stdout).ok).toBe(false);
  });

  it('tells what a parked container comes back from, where that is there', async () => {
    using host = new ShellHost();
    const folder = host.at('/srv/kept here/redis');
    const gone = {id: 'x', folder: '/nowhere'};
    await host.run(writeRecord(record({phase: 'parked', kept: {id: 'x', folder}})));
    await host.run(writeRecord(record({container: 'web', phase: 'parked', kept: gone})));
    mkdirSync(folder, {recursive: true});
    writeFileSync(`${folder}/manifest.json`, manifestLine(manifest()));
    const output = await host.run(lookAt(command('echo', 'out')));
    expect(output).toMatchObject({code: 0, stderr: ''});
    const read = readLookAt(output.stdout);
    expect(read.ok && read.value).toMatchObject({kept: [manifest()], rest: 'out\n'});
    expect(read.ok && read.value.records).toHaveLength(2);
  });

  it('sees that an answer was cut off', () => {
    expect(readLookAt('now 1\nrecord {"for').ok).toBe(false);
    expect(readLookAt('').ok).toBe(false);
  });
});

/** A looking at one host whose transport answers what it is told, one after the other. */
function answering(...answers: readonly (Partial<Output> | Problem)[]) {
  const sent: Command[] = [];
  const looking: Looking = {
    clock: hasty,
    engines: enginesOf([fakeEngine, {...fakeEngine, name: 'docker'}]),
    transportOf: async (host) =>
      Promise.resolve(
        ok({
          ...new FakeWorld([host]).transport(host),
          run: async (each: Command) => {
            const answer = answers[sent.push(each) - 1] ?? {};
            if ('kind' in answer) return Promise.resolve(err(answer));
            return Promise.resolve(
              ok({code: 0, stdout: 'now 1\nlook\n[]', stderr: '', durationMs: 1, ...answer}),
            );
          },
        }),
      ),
  };
  return {looking, sent};
}

const lost: Problem = {kind: 'unreachable', code: 'connection-lost', message: 'lost'};
const host = {name: 'alpha', address: 'alpha', labels: {}, ssh: {}};

async function seen(looking: Looking, engine?: 'podman') {
  const observed = await observe(looking, [{...host, ...(engine && {engine})}], ['redis']);
  return observed.hosts.get('alpha');
}

describe('observe', () => {
  it('takes the engine that is there', async () => {
    const {looking, sent} = answering({code: 127});
    expect(await seen(looking)).toMatchObject({engine: 'docker'});
    expect(sent).toHaveLength(2);
  });

  it('tells that no engine is there, after looking for the named one alone', async () => {
    const {looking, sent} = answering({code: 127});
    expect(await seen(looking, 'podman')).toMatchObject({
      code: 'no-engine',
      message: 'there is no podman on "alpha"',
    });
    expect(sent).toHaveLength(1);
  });

  it('asks again when a connection breaks, three times at most', async () => {
    const twice = answering(lost, lost);
    expect(await seen(twice.looking)).toMatchObject({engine: 'podman'});
    const always = answering(lost, lost, lost, lost);
    expect(await seen(always.looking)).toEqual(lost);
    expect(always.sent).toHaveLength(3);
  });

  it('does not ask again when the host’s key is wrong', async () => {
    const changed = {...lost, code: 'host-key-changed'};
    const {looking, sent} = answering(changed);
    expect(await seen(looking)).toEqual(changed);
    expect(sent).toHaveLength(1);
  });

  it('asks the other engine of a host too where the first one knows nothing', async () => {
    const redis = `[["redis", {"id": "1", "state": "running", "restored": false, "policy": "no"}]]`;
    const empty = {stdout: 'has docker\nnow 1\nlook\n[]'};
    const known = {stdout: `now 1\nlook\n${redis}`};
    const second = answering(empty, known);
    expect(await seen(second.looking)).toMatchObject({engine: 'docker'});
    expect(second.sent).toHaveLength(2);
    const first = answering({stdout: `has docker\nnow 1\nlook\n${redis}`});
    expect(await seen(first.looking)).toMatchObject({engine: 'podman'});
    expect(first.sent).toHaveLength(1);
    expect(await seen(answering(empty, {}).looking)).toMatchObject({engine: 'podman'});
    expect(await seen(answering(empty, {code: 1}).looking)).toMatchObject({engine: 'podman'});
  });

  it('takes the engine that another host has the containers in', async () => {
    const world = {
      podman: {alpha: '[]', beta: '[]'},
      docker: {
        alpha: '[["redis", {"id": "1", "state": "running", "restored": false, "policy": "no"}]]',
        beta: '[]',
      },
    };
    const {looking} = answering();
    const engines = (['podman', 'docker'] as const).map((name): Engine => ({
      ...fakeEngine,
      name,
      look: () => command(name),
    }));
    const both: Looking = {
      ...looking,
      engines: enginesOf(engines),
      transportOf: async (host) =>
        Promise.resolve(
          ok({
            ...new FakeWorld([host]).transport(host),
            run: async ({argv}: Command) => {
              const text = world[argv.at(-1) === 'docker' ? 'docker' : 'podman'];
              const told = text[host === 'alpha' ? 'alpha' : 'beta'];
              const stdout = `has docker\nnow 1\nlook\n${told}`;
              return Promise.resolve(ok({code: 0, stdout, stderr: '', durationMs: 1}));
            },
          }),
        ),
    };
    const hosts = [host, {...host, name: 'beta'}];
    const observed = await observe(both, hosts, ['redis']);
    expect(observed.hosts.get('alpha')).toMatchObject({engine: 'docker'});
    expect(observed.hosts.get('beta')).toMatchObject({engine: 'docker'});
  });

  it('shows what the engine complained of', async () => {
    const {looking} = answering({code: 125, stderr: '\u001b[31mno permission\u001b[0m\r\n'});
    expect(await seen(looking)).toMatchObject({code: 'look-failed', log: ['no permission']});
  });
});

it('shows the last lines of a log, without what could deceive a terminal', () => {
  const many = Array.from({length: 50}, (_, index) => `line ${String(index)}`).join('\n');
  expect(logOf({stdout: 'x', stderr: many})).toHaveLength(20);
  expect(logOf({stdout: 'x', stderr: many}).at(-1)).toBe('line 49');
  expect(logOf({stdout: 'a\u0007\u001b]0;title\u0007b\tc\n\n', stderr: ' '})).toEqual(['ab c']);
  expect(logOf({stdout: '', stderr: 'y'.repeat(1e6)})[0]?.length).toBeLessThan(500);
});
