import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import * as words from '../../src/base/host-words.js';
import type {Command} from '../../src/base/command.js';
import type {Form} from '../../src/base/host-words.js';
import {conversion} from '../../src/engines/conversion.js';
import {crun, runc} from '../../src/engines/bundle/engine.js';
import {docker} from '../../src/engines/docker/docker.js';
import type {Engine, Moves, Pair} from '../../src/engines/engine.js';
import {idCheck} from '../../src/engines/host/id-check.js';
import {asList, asRecord, isRecord, parseJson} from '../../src/base/json.js';
import {podman} from '../../src/engines/podman/podman.js';
import {readLease} from '../../src/state/host/lease-record.js';
import {readManifest} from '../../src/state/host/kept.js';
import {readRecord} from '../../src/state/host/records.js';
import {manifest} from '../rig/manifest.js';
import {record} from '../rig/record.js';
import {aPair as dockerPair} from './docker-pair.js';
import {aPair, aContainer} from './podman-pair.js';
import {recording, valueOf} from './recording.js';
import {bundle, bundleIn} from './runc-pair.js';

const hostile: readonly string[] = [
  ...['../../root/precious', '../', '..', '.', '/', '//', '-x', '--runtime=/tmp/x', ''],
  ...['a\nb', 'a\0b', '$(id)', '`id`', 'a;id', 'a&id', 'a|id', "a'b", 'a"b', 'a b', '*'],
  ...['x/y/;1e id >/root/x #', '\u001b[2J', 'é', 'A'.repeat(2 ** 20)],
];

const isForm = (value: unknown): value is Form =>
  isRecord(value) && typeof value['what'] === 'string';

const forms = Object.entries(words).filter((entry): entry is [string, Form] => isForm(entry[1]));

/** What a form takes of the list above, since it is harmless as that. */
const taken: Readonly<Record<string, readonly string[]>> = {
  absolutePath: ['/', '//'],
  hostPath: ['/', '//'],
  line: hostile.filter((each) => !/\p{Cc}/u.test(each) && each.length < 4096),
  word: hostile.filter((each) => /^[^\p{Cc}-][^\p{Cc}]*$/u.test(each) && each.length < 4096),
  ipAddress: ['..'],
  subnet: ['..'],
};

test.each(forms)('%s takes nothing that could be more than it', (name, form) => {
  const found = hostile.filter((value) => words.readWord(form, value).ok);
  expect(found).toEqual(hostile.filter((value) => taken[name]?.includes(value) ?? false));
  for (const value of [undefined, null, 1, {}, []])
    expect(words.readWord(form, value).ok).toBe(false);
});

test('a refusal shows the value short and visible', () => {
  expect(words.readWord(words.engineId, `\u001b[2J${'x'.repeat(500)}`)).toEqual({
    ok: false,
    error: `"␛[2J${'x'.repeat(56)}…" is not a container ID`,
  });
});

const answers: readonly (readonly [Engine, string])[] = [
  [podman, 'podman-5.4.2-look'],
  [docker, 'docker-26.1.5-look'],
];

describe.each(answers)('$name', (engine, name) => {
  const text = recording(name);

  test('nothing is an ID but an ID', () => {
    for (const value of [...hostile, 'f'.repeat(63), `${'f'.repeat(63)}g`, 'F'.repeat(64)]) {
      const told = text.replace(/"Id": "[0-9a-f]{64}"/, () => `"Id": ${JSON.stringify(value)}`);
      expect(told).not.toBe(text);
      const {containers, unreadable = []} = valueOf(engine.readLook(told));
      const all = valueOf(engine.readLook(text)).containers;
      expect(containers).toEqual(all.slice(1));
      expect(unreadable).toMatchObject([{name: all[0]?.name}]);
      for (const {id, name, reason} of unreadable) {
        expect([id, words.shortName.fits(name)]).toEqual(['', true]);
        expect(reason).toMatch(/is not a container ID|NUL/);
        expect(reason.length).toBeLessThan(400);
      }
    }
  });

  test('every text of an answer may be anything', () => {
    const lines = text.split('\n');
    const places = lines.flatMap((line, at) => (/^ *"\w+": "/.test(line) ? [at] : []));
    for (const [index, place] of places.entries()) {
      const value = JSON.stringify(hostile[index % hostile.length]);
      const told = lines.map((line, at) =>
        at === place
          ? line.replace(/: ".*?"(,?)$/, (_, comma: string) => `: ${value}${comma}`)
          : line,
      );
      const read = engine.readLook(told.join('\n'));
      for (const {id, mounts} of read.ok ? read.value.containers : []) {
        expect(id).toMatch(/^[0-9a-f]{64}$/);
        for (const {kind, source} of mounts)
          if (kind === 'bind') expect(words.hostPath.fits(source)).toBe(true);
      }
    }
  });
});

test.each([
  [runc, 'runc-1.1.15-look'],
  [crun, 'crun-1.21-look'],
] as const)('$name: a bundle elsewhere, or with another name, is refused', (engine, name) => {
  const text = recording(name);
  for (const value of ['..', '../x', '-x', '.', 'a;b', '$(id)']) {
    const named = text.replace(/^(@@cm\tbundle\t1\t).*$/m, (_, head: string) => `${head}${value}`);
    expect(named).not.toBe(text);
    expect(engine.readLook(named).ok).toBe(false);
    const placed = text.replace(/^(@@cm\tplace\t1\n).*$/m, (_, head: string) => `${head}${value}`);
    expect(placed).not.toBe(text);
    const [first] = valueOf(engine.readLook(text)).containers;
    const {containers, unreadable} = valueOf(engine.readLook(placed));
    expect(containers.map(({name: each}) => each)).not.toContain(first?.name);
    expect(unreadable).toMatchObject([{id: '', name: first?.name}]);
  }
});

test('records, manifests and leases hold only what has its form', () => {
  for (const value of hostile) {
    expect(readRecord(JSON.stringify(record({id: value}))).ok).toBe(false);
    expect(readRecord(JSON.stringify(record({run: value}))).ok).toBe(false);
    const kept = {id: 'x', folder: value};
    const rooted = words.hostPath.fits(value);
    expect(readRecord(JSON.stringify(record({phase: 'parked', kept}))).ok).toBe(rooted);
    const described = aContainer({id: value});
    const told = record({phase: 'parked', kept: {id: 'x', folder: '/x', described}});
    expect(readRecord(JSON.stringify(told)).ok).toBe(false);
    expect(readManifest(JSON.stringify(manifest({containerId: value}))).ok).toBe(false);
    const lease = readLease('web', JSON.stringify({run: value, owner: value, plan: value}), 1);
    expect(lease.owner).not.toMatch(/\p{Cc}/u);
  }
  const described = aContainer();
  const told = record({phase: 'parked', kept: {id: 'x', folder: '/x', described}});
  expect(readRecord(JSON.stringify(told)).ok).toBe(true);
  for (const wrong of ['[]', '1', 'null', '"a"', '{"format":1}', '['.repeat(500)]) {
    expect(readRecord(wrong).ok).toBe(false);
    expect(readManifest(wrong).ok).toBe(false);
    expect(readLease('web', wrong, 1).owner).toBe('?');
  }
});

test('JSON is looked at before it is parsed', () => {
  const started = performance.now();
  expect(parseJson('['.repeat(30_000_000))).toEqual({
    ok: false,
    error: `nested too deeply: "${'['.repeat(60)}…"`,
  });
  expect(performance.now() - started).toBeLessThan(5000);
  expect(parseJson('{"a": "\\u0000"}')).toEqual({ok: false, error: 'it holds a NUL character'});
  expect(parseJson('{"a": "\\\\u0000"}')).toEqual({ok: true, value: {a: '\\u0000'}});
  expect(parseJson('{"a": "[[[\\"{{{"}')).toEqual({ok: true, value: {a: '[[["{{{'}});
});

test.each(['sh', 'bash'])(
  '%s: a script that kills or deletes checks the ID again',
  async (shell) => {
    for (const value of hostile.filter((each) => !each.includes('\0') && each.length < 4096)) {
      const ended = await execa(shell, ['-euc', `id=$1\n${idCheck}\necho reached`, 'cm', value], {
        reject: false,
      });
      expect([value, ended.exitCode, ended.stdout]).toEqual([value, 70, '']);
    }
    const good = await execa(shell, ['-euc', `id=$1\n${idCheck}`, 'cm', 'f'.repeat(64)]);
    expect(good.exitCode).toBe(0);
  },
);

const canary = 'CANARY';

/** The same value with every text in it made recognisable. Keys stay, or nothing would be found. */
function marked(value: unknown): unknown {
  if (typeof value === 'string') return `${canary}${value}`;
  if (Array.isArray(value)) return value.map(marked);
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, marked(each)]))
    : value;
}

/** As it would be without any reader: whatever the host said. */
function withCanary(pair: Pair): Pair {
  const {container} = pair;
  const {kind, name} = {kind: container.state, name: container.name};
  const told = marked({...container, state: undefined, name: undefined}) as Pair['container'];
  const mounts = told.mounts.map((mount, at) => ({
    ...mount,
    kind: container.mounts[at]?.kind ?? 'bind',
  }));
  return {...pair, container: {...told, state: kind, name: `${canary}${name}`, mounts}};
}

const isCommand = (value: unknown): value is Command => isRecord(value) && 'argv' in value;

/** Every command that these moves can make. */
function commandsOf(value: unknown): readonly Command[] {
  if (isCommand(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(commandsOf);
  return isRecord(value) ? Object.values(value).flatMap(commandsOf) : [];
}

function everything(moves: Moves, {container}: Pair): readonly Command[] {
  const {source, target, files, memory, rounds} = moves;
  const twins = [{was: `${canary}a`, is: 'b', source: `/${canary}`, key: 'v0'}];
  return commandsOf([
    moves,
    container.mounts.map((mount) => files?.volume(mount, '/run/cm/r/c/to/v0')),
    target.create('/run/cm/r/c/to/rootfs'),
    target.sealed && [target.sealed('restored'), target.sealed('started')],
    memory?.vessel?.('/run/cm/r/c/to/rootfs'),
    [source, target].map((side) => [
      ...[side.autostart(true), side.autostart(false), side.runs('restored')],
      ...[side.runs('started'), side.exec(['id'], {A: 'b'}), side.reach(80)],
    ]),
    moves.copy?.(`${canary}first`, twins),
    [rounds?.send(1), rounds?.throttle?.(20), rounds?.throttle?.()],
  ]);
}

const pairs: readonly (readonly [Engine, Pair])[] = [
  [
    podman,
    aPair({
      container: valueOf(podman.readLook(recording('podman-5.4.2-look'))).containers[0] ?? {},
    }),
  ],
  [docker, dockerPair()],
  [runc, aPair({container: bundle('named')})],
  [crun, aPair({container: bundleIn(crun, recording('crun-1.21-look'))('named')})],
  ...[conversion(podman, docker), conversion(docker, podman)].flatMap((engine) =>
    engine ? [[engine, engine.name.startsWith('docker') ? dockerPair() : aPair()] as const] : [],
  ),
];

test.each(pairs)('$name: no value of a host is part of a script', (engine, pair) => {
  const told = withCanary(pair);
  const moves = engine.moves(told, '/run/cm/r/c');
  const commands = everything(moves, told);
  expect(commands.length).toBeGreaterThan(15);
  let values = 0;
  for (const {argv} of commands) {
    if (argv[0] !== 'sh') continue;
    expect(argv[1]).toBe('-euc');
    expect(argv[2]).not.toContain(canary);
    values += argv.slice(3).filter((each) => each.includes(canary)).length;
  }
  expect(values).toBeGreaterThan(10);
});

test('the canary is read where an engine looks for it', () => {
  expect(asRecord(asList(marked([{Name: 'x'}]))[0])['Name']).toBe('CANARYx');
});
