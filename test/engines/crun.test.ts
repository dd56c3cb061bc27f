import {flat} from '../rig/flat-moves.js';
import {execFileSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Pair} from '../../src/engines/engine.js';
import {crun} from '../../src/engines/bundle/engine.js';
import {engineContract} from './contract.js';
import type {PairChange} from './podman-pair.js';
import {recording, valueOf} from './recording.js';
import {aBundlePair, bundleIn, inShort} from './runc-pair.js';

/** What crun 1.21 and four bundles of a real host said. */
const lookOutput = recording('crun-1.21-look');
const surveyOutput = recording('crun-1.21-survey');

const bundle = bundleIn(crun, lookOutput);
const leaving = ['hooked', 'named', 'plain', 'rests'].map(bundle);
const question = {leaving, arriving: leaving.flatMap(({mounts}) => mounts)};
const beneath = {runtime: 'crun', runtimeVersion: '1.21', libcriu: true, cgroups: 'v2'} as const;

const aPair = (name: string, {source, target, ...change}: PairChange = {}): Pair =>
  aBundlePair(bundle(name), {
    ...change,
    source: {...beneath, ...source},
    target: {...beneath, ...target},
  });

const good = aPair('named');

engineContract(crun, {
  ...{lookOutput, surveyOutput, question, good},
  bad: [
    aPair('hooked'),
    aPair('plain', {
      weight: {
        blockers: [
          {code: 'stdio', what: '/var/log/plain.log'},
          {code: 'exec', what: 'job'},
          {code: 'kernel-object', what: 'io_uring'},
        ],
      },
    }),
    aPair('rests'),
    aPair('named', {target: {cgroups: 'hybrid'}}),
    aPair('named', {source: {libcriu: false}, target: {runtimeVersion: '1.21 -CRIU'}}),
    aPair('named', {container: {raw: {...(bundle('named').raw as object), systemd: true}}}),
  ],
});

describe('what a host with bundles says', () => {
  test('bundles that run, that a person paused, and that crun knows nothing of', () => {
    const {version, short} = inShort(crun, lookOutput);
    expect(version).toBe('1.21');
    expect(short).toEqual([
      ['hooked', 'running', '/srv/cr/hooked', ['its own 10.78.3.50']],
      ['named', 'running', '/srv/cr/named', ['/run/netns/r4 10.78.3.52']],
      ['plain', 'paused', '/srv/cr/plain', []],
      ['rests', 'stopped', '/srv/cr/rests', []],
    ]);
  });

  test('restored is what carries the mark of its own first process', () => {
    const marked = (mark: string) =>
      valueOf(crun.readLook(lookOutput.replace(/(\trestored\t1\n)/, `$1${mark}\n`))).containers[0]
        ?.restored;
    const born = /\tborn\t1\n(\d+)/.exec(lookOutput)?.[1] ?? '';
    expect(marked(born)).toBe(true);
    expect(marked(`${born}1`)).toBe(false);
  });

  test('systemd makes its cgroup: so its record says', () => {
    const other = lookOutput.replace('\tsystemd\t2\nfalse', '\tsystemd\t2\ntrue');
    const named = valueOf(crun.readLook(other)).containers.find(({name}) => name === 'named');
    expect(named?.raw).toMatchObject({systemd: true});
    expect(bundle('named').raw).toMatchObject({systemd: false});
  });

  test('the closer look: crun, and whether it was built with CRIU', () => {
    const told = valueOf(crun.readSurvey(surveyOutput, question));
    expect(told).toMatchObject({runtime: 'crun', runtimeVersion: '1.21', cgroups: 'hybrid'});
    expect(told.weights.map(({container, blockers}) => [container, blockers])).toEqual([
      ['hooked', []],
      ['named', []],
      ['plain', [{code: 'stdio', what: '/var/log/plain.log'}]],
      ['rests', []],
    ]);
    const without = surveyOutput.replace(' +CRIU', '');
    expect(valueOf(crun.readSurvey(without, question)).runtimeVersion).toBe('1.21 -CRIU');
  });
});

describe('reasons why a bundle cannot move', () => {
  const codes = (strategy: 'cold' | 'stateful' | 'pre-copy', pair: Pair): readonly string[] =>
    crun.refusals(strategy, pair).map(({code}) => code);

  test('what is beneath the container decides', () => {
    expect(codes('pre-copy', good)).toEqual([]);
    const hybrid = aPair('named', {target: {cgroups: 'hybrid'}});
    expect(codes('stateful', hybrid)).toEqual(['crun-cgroups']);
    expect(codes('cold', hybrid)).toEqual([]);
    expect(codes('stateful', aPair('named', {source: {libcriu: false}}))).toEqual([
      'libcriu-missing',
    ]);
    expect(codes('stateful', aPair('named', {target: {runtimeVersion: '1.21 -CRIU'}}))).toEqual([
      'crun-without-criu',
    ]);
    expect(codes('pre-copy', aPair('named', {source: {runtimeVersion: '1.4.1'}}))).toEqual([
      'runtime-too-old',
    ]);
  });

  test('a network made by hooks comes back with a start, and with no restore', () => {
    expect(codes('cold', aPair('hooked'))).toEqual([]);
    expect(codes('stateful', aPair('hooked'))).toEqual(['restore-hooks']);
    expect(codes('pre-copy', aPair('hooked'))).toEqual(['restore-hooks']);
  });
});

describe('the commands of a move', () => {
  const moves = flat(crun.moves(good, '/run/cm/r/0'));

  test('they start crun, and look where it keeps what it knows', () => {
    const made = [
      moves.stop.command,
      moves.start,
      moves.ready,
      moves.restore,
      moves.resume,
      moves.remove,
    ];
    const more = [moves.checkpoint.send, moves.discard, moves.unload, moves.kept, moves.reach(1)];
    const rounds = [moves.rounds?.send(1), moves.rounds?.throttle?.(50)];
    const others = [moves.copy?.('x', []).restore, moves.create('/at').command];
    const all = [...made, ...more, ...rounds, ...others, moves.runs('restored').command];
    for (const each of all) expect(JSON.stringify(each)).not.toMatch(/\brunc\b/);
    expect(JSON.stringify(moves.checkpoint.send)).toContain('/run/crun/');
    expect(moves.stop.command.argv.slice(4)).toEqual([
      ...['named', '15', '200', 'abort', '/srv/cr/named'],
    ]);
  });

  test('variables for a program inside are added to those of the container, and are in no list of words', () => {
    expect(moves.exec(['true']).argv).toEqual(['crun', 'exec', 'named', 'true']);
    const {argv, stdin = ''} = moves.exec(['sh', '-c', 'ü'], {TERM: 'dumb', SECRET: 'b c'});
    expect(argv.join(' ')).not.toContain('b c');
    const given = JSON.parse(stdin) as Record<string, unknown>;
    expect(given).toMatchObject({terminal: false, cwd: '/data', args: ['sh', '-c', 'ü']});
    expect(given['env']).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...['TERM=dumb', 'SECRET=b c'],
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'cm-crun-'));
    try {
      writeFileSync(join(folder, 'crun'), '#!/bin/sh\necho "$@"\ncat "$3"\n');
      chmodSync(join(folder, 'crun'), 0o755);
      const env = {PATH: `${folder}:${process.env['PATH'] ?? ''}`};
      const said = execFileSync(argv[0], argv.slice(1), {env, input: `${stdin}more`});
      expect(said.toString()).toBe(`exec --process /dev/stdin named\n${stdin}`);
    } finally {
      rmSync(folder, {recursive: true});
    }
  });

  test("its own figures are its own, and nobody else's", () => {
    expect(crun.figures('crun-restore-ms 812\n')).toEqual({restore_time: 812});
    expect(crun.figures('runc-restore-ms 812\n')).toBeUndefined();
  });
});
