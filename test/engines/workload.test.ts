import type {Blocker} from '../../src/engines/criu/blocker.js';
import {describe, expect, test} from 'vitest';
import {blockerRefusals} from '../../src/engines/criu/blockers.js';
import {refusals} from '../../src/engines/podman/refusals.js';
import {sections} from '../../src/engines/host/sections.js';
import {readWorkload} from '../../src/engines/criu/workload.js';
import {aContainer, aPair} from './podman-pair.js';
import {valueOf} from './recording.js';

const healthy = aContainer({
  raw: {Config: {Healthcheck: {Test: ['CMD-SHELL', 'pg_isready -U me']}}},
});

/** The workload of container 0, from sections `name: text`; those with a blank in front are the host's. */
function read(parts: Readonly<Record<string, string>>, container = healthy) {
  const text = Object.entries({pids: '42', ...parts})
    .map(
      ([name, body]) => `\n@@cm\t${name.startsWith(' ') ? name.trim() : `${name}\t0`}\n${body}\n`,
    )
    .join('');
  return readWorkload(valueOf(sections(`${text}\n@@cm\tend\n`)), container, 0);
}

const found = (parts: Readonly<Record<string, string>>): readonly Blocker[] => read(parts).blockers;

describe('what CRIU cannot take is read from the processes', () => {
  const overlay = {'root-device': '0:42 overlay'};
  const onHost = {'host-network': ''};
  const job = {earlier: '42\n50', group: '42\n50'};
  const remote = `${'20010DB8'.padEnd(32, '0')}:C350`;
  test.each<[string, Readonly<Record<string, string>>, readonly Blocker[]]>([
    ['nothing', {namespaces: 'mnt:[1]\nuts:[2]\nmnt:[3]'}, []],
    ['a multipath listener', {protocols: 'MPTCPv6'}, [{code: 'mptcp', what: ''}]],
    ['one of another program of the host', {protocols: 'MPTCP', ...onHost}, []],
    [
      'its own on the host',
      {'own-protocols': 'TCP\nMPTCP', ...onHost},
      [{code: 'mptcp', what: ''}],
    ],
    ['vsock', {'own-protocols': 'AF_VSOCK'}, [{code: 'vsock', what: ''}]],
    ['a ping socket', {ping: '9'}, [{code: 'ping-socket', what: ''}]],
    ["the host's ping socket", {ping: '9', ...onHost}, []],
    ['a connection over IPv6', {tcp: `${remote} 11`}, [{code: 'ipv6-connection', what: '1'}]],
    ['one over IPv4 in a socket of IPv6', {tcp: '0000000000000000FFFF000001004E0A:C350 1'}, []],
    [
      'a process of another user, where root may not raise limits',
      {users: '0\n999', ' rights': '000001fffeffffff'},
      [{code: 'other-user', what: '999'}],
    ],
    ['one where it may', {users: '0\n999', ' rights': '000001ffffffffff'}, []],
    ['only of root', {users: '0', ' rights': '000001fffeffffff'}, []],
    ['a queue', {queues: 'queue q1'}, [{code: 'posix-queue', what: 'q1'}]],
    ['a small file that was deleted', {deleted: '0 8 /proc/42/fd/3'}, []],
    [
      'a large one',
      {deleted: '0 5864 /proc/42/fd/3', 'deleted-names': '/proc/42/fd/3 /a b (deleted)'},
      [{code: 'deleted-file-large', what: '"/a b" (3 MiB)'}],
    ],
    [
      'a large one that is mapped',
      {deleted: '0 5864 /proc/42/map_files/1-2\n0 5864 /proc/43/map_files/1-2'},
      [{code: 'deleted-file-large', what: '"a file that is mapped into its memory" (3 MiB)'}],
    ],
    [
      'one within its limit',
      {deleted: '0 5864 /proc/42/fd/3', ' criu-settings': 'ghost-limit 4M'},
      [],
    ],
    [
      'one of two names',
      {deleted: '1 8 /proc/42/fd/3', 'deleted-names': '/proc/42/fd/3 /a (deleted)'},
      [{code: 'deleted-name', what: '/a'}],
    ],
    ['that, with leave', {deleted: '1 8 /proc/42/fd/3', ' criu-settings': ' link-remap'}, []],
    [
      'nested namespaces',
      {namespaces: 'uts:[1]\nuts:[2]\nnet:[3]\nuts:[4]'},
      [{code: 'nested-namespace', what: 'uts'}],
    ],
    [
      'a socket of the host',
      {files: 'socket:[7]', 'unix-peers': '7 99'},
      [{code: 'unix-socket-outside', what: ''}],
    ],
    ['sockets among its own', {files: 'socket:[7]\nsocket:[8]', 'unix-peers': '7 8\n5 99'}, []],
    [
      'a watch in the layer',
      {...overlay, watches: 'f50433 29\nf50433 2a', 'found-watches': '7'},
      [{code: 'watched-file', what: ''}],
    ],
    ['a watch where CRIU looks', {...overlay, watches: '7 2a', 'found-watches': '7'}, []],
    ['a watch in a volume', {...overlay, watches: 'f50433 800001'}, []],
    [
      'watches with leave',
      {...overlay, watches: 'f 2a', ' criu-settings': 'irmap-scan-path /app'},
      [],
    ],
    [
      'a job started by exec, without its arguments',
      {...job, commands: '/proc/50/cmdline:/usr/bin/pg_dump --password=x '},
      [{code: 'exec', what: 'pg_dump'}],
    ],
    ['a health check', {...job, commands: '/proc/50/cmdline:pg_isready -U me '}, []],
    [
      'a health check in a shell',
      {...job, commands: '/proc/50/cmdline:/bin/sh -c pg_isready -U me '},
      [],
    ],
    [
      "the engine's own monitor",
      {...job, 'mount-namespaces': '/proc/self/ns/mnt mnt:[1]\n/proc/50/ns/mnt mnt:[1]'},
      [],
    ],
    ['one that came meanwhile', {...job, earlier: '42'}, []],
  ])('%s', (_, parts, blockers) => {
    expect(found(parts)).toEqual(blockers);
  });

  test('connections that are closed need not be restored', () => {
    const weight = {blockers: [{code: 'ipv6-connection', what: '1'} as const], established: 1};
    const codes = (connections: 'keep' | 'close') =>
      refusals('stateful', aPair({weight, pair: {connections}})).map(({code}) => code);
    expect(codes('keep')).toContain('ipv6-connection');
    expect(codes('close')).not.toContain('ipv6-connection');
  });

  test('every refusal of a checkpoint offers the cold move, and cold is not refused for it', () => {
    const codes = [
      ...['kernel-object', 'debugger', 'device-open', 'bind-socket', 'exec', 'mptcp', 'vsock'],
      ...['ping-socket', 'ipv6-connection', 'unix-socket-outside', 'posix-queue', 'watched-file'],
      ...['deleted-file-large', 'deleted-name', 'nested-namespace'],
    ] as const;
    for (const code of codes) {
      const blockers = [{code, what: 'it'}] as readonly Blocker[];
      const [refusal] = blockerRefusals(blockers, {engine: 'podman', runtime: 'runc'});
      expect(refusal?.remedy, code).toContain('"cold"');
      expect(refusals('cold', aPair({weight: {blockers}, container: {raw: {}}})), code).toEqual([]);
    }
  });
});
