import type {Blocker} from '../../src/engines/criu/blocker.js';
import {flat} from '../rig/flat-moves.js';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Command} from '../../src/base/command.js';
import {addressesIn} from '../../src/engines/bundle/addresses.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {engineContract} from './contract.js';
import {recording, valueOf} from './recording.js';
import {aRuncPair, bundle, inShort, lookOutput, withConfig} from './runc-pair.js';
import {limit} from '../rig/limits.js';

const surveyOutput = recording('runc-1.1.15-survey');
const leaving = ['hooked', 'named', 'plain', 'rests'].map(bundle);
const question = {leaving, arriving: leaving.flatMap(({mounts}) => mounts)};
const good = aRuncPair('hooked');

engineContract(runc, {
  ...{lookOutput, surveyOutput, question, good},
  bad: [
    aRuncPair('plain', {
      weight: {
        blockers: [
          {code: 'stdio', what: '/var/log/plain.log'},
          {code: 'exec', what: 'job'},
          {code: 'kernel-object', what: 'io_uring'},
        ],
      },
    }),
    aRuncPair('rests'),
    aRuncPair('named', {target: {networks: []}}),
    aRuncPair('hooked', {container: {tty: true, devices: ['/dev/kvm'], userNamespace: true}}),
    aRuncPair('hooked', {target: {rootless: true, programs: [], criu: undefined as never}}),
    aRuncPair('hooked', {
      target: {scratchFree: 0, storeFree: 0},
      weight: {blockers: [{code: 'rootfs-mounted', what: ''}]},
    }),
    aRuncPair('hooked', {
      weight: {
        blockers: [
          {code: 'bundle-shared', what: 'nfs'},
          {code: 'bind-missing', what: '/a'},
          {code: 'bind-pipe', what: '/b'},
          {code: 'device-open', what: '/dev/fuse'},
        ],
      },
    }),
  ],
});

const codes = (...words: Parameters<typeof runc.refusals>): readonly string[] =>
  runc.refusals(...words).map(({code}) => code);

describe('what a host with bundles says', () => {
  test('bundles that run, that a person paused, and that runc knows nothing of', () => {
    const {version, short} = inShort(runc, lookOutput);
    expect(version).toBe('1.1.15+ds1');
    expect(short).toEqual([
      ['hooked', 'running', '/srv/rc/hooked', ['its own 10.78.0.50']],
      ['named', 'running', '/srv/rc/named', ['/run/netns/r4 10.78.0.52']],
      ['plain', 'paused', '/srv/rc/plain', []],
      ['rests', 'stopped', '/srv/rc/rests', []],
    ]);
  });

  test('the bundle is a mount like the others, so that its files go along', () => {
    expect(bundle('hooked').mounts).toEqual([
      {
        ...{kind: 'bind', name: 'bundle', source: '/srv/rc/hooked'},
        ...{destination: '/', readOnly: false},
      },
      {
        ...{kind: 'bind', name: '/srv/data', source: '/srv/rc-data/hooked'},
        ...{destination: '/srv/data', readOnly: false},
      },
    ]);
  });

  test('what a move has frozen is not what a person has paused, and does not run', () => {
    const number = /\tbundle\t(\d+)\tplain\n/.exec(lookOutput)?.[1] ?? '';
    const frozen = lookOutput.replace('\n@@cm\tend', `\n@@cm\tfrozen\t${number}\n\n@@cm\tend`);
    const found = valueOf(runc.readLook(frozen)).containers.find(({name}) => name === 'plain');
    expect(found).toMatchObject({state: 'checkpointed', pid: 0});
  });

  test('restored is what carries the mark of its own first process', () => {
    const marked = (mark: string) =>
      valueOf(runc.readLook(lookOutput.replace(/(\trestored\t1\n)/, `$1${mark}\n`))).containers[0]
        ?.restored;
    const born = /\tborn\t1\n(\d+)/.exec(lookOutput)?.[1] ?? '';
    expect(marked(born)).toBe(true);
    expect(marked(`${born}1`)).toBe(false);
    expect(bundle('hooked').restored).toBe(false);
  });

  test('the closer look: namespaces that have names, sizes, and a log file that stays behind', () => {
    const {networks, weights, storeFree, runtime} = valueOf(
      runc.readSurvey(surveyOutput, question),
    );
    expect(networks).toEqual([
      {name: '/run/netns/r4', driver: 'namespace', subnets: ['10.78.0.52/32']},
    ]);
    expect(
      weights.map(({container, established, blockers}) => [container, established, blockers]),
    ).toEqual([
      ['hooked', 1, []],
      ['named', 0, []],
      ['plain', 0, [{code: 'stdio', what: '/var/log/plain.log'}]],
      ['rests', 0, []],
    ]);
    expect(weights[0]?.mounts).toEqual({bundle: 22_691_840, '/srv/data': 4096});
    expect(storeFree).toBeGreaterThan(2 ** 30);
    expect(runtime).toBe('runc');
  });

  test('a process of somebody else is one that stays; what comes and goes meanwhile is its own', () => {
    const first = (group: string, earlier: string): readonly Blocker[] | undefined =>
      valueOf(
        runc.readSurvey(
          surveyOutput.replace(
            /\n@@cm\tgroup\t0\n(\d+)\n/,
            `\n@@cm\tearlier\t0\n$1\n${earlier}\n\n@@cm\tgroup\t0\n$1\n${group}\n`,
          ),
          question,
        ),
      ).weights[0]?.blockers;
    expect(first('999999', '999999')).toEqual([{code: 'exec', what: 'a program'}]);
    expect(first('999999', '')).toEqual([]);
    expect(first('', '999999')).toEqual([]);
  });

  test('addresses of both families, without those that only the host itself can reach', () => {
    const six = `fe80000000000000000000fffe000050 03 40 20 80 eth0
00000000000000000000000000000001 01 80 10 80 lo
fd00000000000000000000000000000a 03 40 00 80 eth0`;
    expect(addressesIn('', six)).toEqual(['fd00:0000:0000:0000:0000:0000:0000:000a']);
  });
});

describe('reasons why a bundle cannot move', () => {
  test('what is beneath the container decides', () => {
    expect(codes('pre-copy', good)).toEqual([]);
    const noTracking = {version: '4.2.1', memoryTracking: false, complaints: []};
    expect(codes('pre-copy', aRuncPair('hooked', {source: {criu: noTracking}}))).toEqual([
      'no-memory-tracking',
    ]);
    expect(codes('cold', aRuncPair('named', {target: {networks: []}}))).toEqual([
      'network-missing',
    ]);
    expect(codes('stateful', aRuncPair('plain'))).toEqual(['not-running']);
    const taken = {id: 'x', name: 'hooked', running: true, addresses: [], ports: []};
    expect(codes('cold', aRuncPair('hooked', {target: {neighbours: [taken]}}))).toEqual([
      'runs-already',
    ]);
  });

  test('its configuration decides', () => {
    const changed = (change: Readonly<Record<string, unknown>>) =>
      codes('stateful', aRuncPair('hooked', {container: withConfig('hooked', change)}));
    expect(changed({linux: {namespaces: [{type: 'network'}]}})).toEqual(['host-processes']);
    expect(changed({hooks: {}})).toEqual(['network-by-hand']);
    const elsewhere = withConfig('hooked', {}, {rootfs: '/r'});
    expect(codes('cold', aRuncPair('hooked', {container: elsewhere}))).toEqual([
      'rootfs-elsewhere',
    ]);
  });

  test('connections at the address of the host end, or the container stays', () => {
    const open = {container: {state: 'running' as const}, weight: {established: 2}};
    expect(codes('stateful', aRuncPair('plain', open))).toEqual(['connections-bound']);
    expect(codes('stateful', aRuncPair('plain', {...open, pair: {connections: 'close'}}))).toEqual(
      [],
    );
    expect(codes('stateful', aRuncPair('hooked', open))).toEqual([]);
  });
});

/** The values that a script of the driver is given. */
const words = ({argv}: Command): readonly string[] => argv.slice(4);

describe('the commands of a move', () => {
  const moves = flat(runc.moves(good, '/run/cm/r/0'));

  test('words, not text', () => {
    const table = 'cm_hooked';
    const {digest} = bundle('hooked').raw as {digest: string};
    const rootfs = '/srv/rc/hooked/rootfs';
    expect(words(moves.stop.command)).toEqual(['hooked', '15', '200', 'abort', '/srv/rc/hooked']);
    expect(words(moves.start)).toEqual(['hooked', '/srv/rc/hooked', '', table, '']);
    expect(words(moves.ready)).toEqual([
      ...['hooked', '/srv/rc/hooked', '/run/cm/r/0', table, '', '209715200', '/root/hook.sh'],
    ]);
    expect(words(moves.checkpoint.send)).toEqual(['hooked', '/run/cm/r/0', table, 'gate']);
    expect(words(moves.restore)).toEqual([
      ...['hooked', '/srv/rc/hooked', digest, '/run/cm/r/0'],
      ...[table, 'keep', '', '10.78.0.50'],
    ]);
    expect(words(moves.remove)).toEqual(['hooked', '/srv/rc/hooked', rootfs, table, '']);
    expect(moves.exec(['true'], {A: 'b c'}).argv).toEqual([
      ...['runc', 'exec', '--env', 'A=b c', 'hooked', 'true'],
    ]);
    const named = flat(runc.moves(aRuncPair('named'), '/run/cm/r/0'));
    expect(words(named.restore).slice(5)).toEqual(['keep', '/run/netns/r4', '10.78.0.52']);
    const plain = flat(runc.moves(aRuncPair('plain'), '/run/cm/r/0'));
    expect(words(plain.checkpoint.send)).toEqual(['plain', '/run/cm/r/0', 'cm_plain', '']);
    expect(words(plain.restore).slice(5)).toEqual(['close', '']);
  });

  test('the configuration on the target must be that of the source', () => {
    const {read} = moves.create('/at');
    const raw = bundle('hooked').raw as {digest: string};
    expect(read(`${raw.digest}  -\n`)).toEqual({ok: true, value: 'same configuration'});
    expect(read('0000  -\n')).toMatchObject({ok: false});
  });

  test('a restored one is not taken for one that was started fresh', () => {
    expect(moves.runs('started').read(lookOutput)).toMatchObject({ok: true});
    expect(moves.runs('restored').read(lookOutput)).toEqual({
      ok: false,
      error: 'container "hooked" was started fresh: its memory is lost',
    });
  });
});

describe('memory on its way', {timeout: limit(60)}, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cm-runc-'));
  });
  afterEach(() => {
    rmSync(folder, {recursive: true});
  });

  /** A runc that writes images as CRIU does: one after the other, each opened once. */
  const pretend = (images: readonly number[], code = 0): Record<string, string> => {
    const file = join(folder, 'runc');
    const dump = images.map(
      (size, index) =>
        `echo ${index} > "$images/pagemap-${index + 1}.img"; head -c ${size} /dev/zero | tr '\\0' ${index + 1} > "$images/pages-${index + 1}.img"`,
    );
    const text = `#!/bin/sh
while [ $# -gt 0 ]; do case $1 in state) echo '"status": "paused",'; exit ;; --image-path) images=$2 ;; --work-path) work=$2 ;; esac; shift; done
${dump.join('\n')}
for file in inventory.img pstree.img descriptors.json; do echo $file > "$images/$file"; done
echo stats > "$work/stats-dump"
exit ${code}`;
    writeFileSync(file, text, {mode: 0o755});
    return {PATH: `${folder}:${process.env['PATH'] ?? ''}`};
  };

  const passage = (side: string) => {
    const scratch = join(folder, side);
    execFileSync('mkdir', ['-p', scratch]);
    const {send, receive} = flat(runc.moves(aRuncPair('plain'), scratch)).checkpoint;
    return {scratch, send, receive};
  };

  const run = ({argv}: Command, env: Record<string, string>, input?: Buffer) =>
    execFileSync(argv[0], argv.slice(1), {
      ...{env, maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'ignore'], timeout: limit(30)},
      ...(input && {input}),
    });

  test.each([
    [[3_000_000]],
    [[5000, 0, 70_000]],
    [[0]],
    [[]],
    [Array.from({length: 260}, () => 7)],
  ])('images of %j bytes arrive as they were', (sizes) => {
    const env = pretend(sizes);
    const stream = run(passage('from').send, env);
    const {scratch, receive} = passage('to');
    run(receive, env, stream);
    for (const [index, size] of sizes.entries()) {
      const image = readFileSync(join(scratch, 'images', `pages-${index + 1}.img`));
      expect(image.length).toBe(size);
      expect(image.every((byte) => byte === String(index + 1).charCodeAt(0))).toBe(true);
    }
    const pages = readdirSync(join(scratch, 'images')).filter((name) => name.startsWith('pages-'));
    expect(pages.length).toBe(sizes.length);
    expect(readdirSync(join(folder, 'from', 'images')).includes('pages-1.img')).toBe(
      sizes.length > 256 && false,
    );
  });

  test('what was cut off is noticed, wherever it was', () => {
    const env = pretend([100_000, 50]);
    const stream = run(passage('from').send, env);
    for (const part of [0, 10, 100_000, 100_040, stream.length - 70, stream.length - 1]) {
      expect(() => run(passage('to').receive, env, stream.subarray(0, part))).toThrow();
    }
  });

  test('a dump that fails is a failure, and nothing waits for ever', () => {
    expect(() => run(passage('from').send, pretend([1000], 7))).toThrow();
    expect(() => run(passage('from').send, pretend([], 7))).toThrow();
  });
});
