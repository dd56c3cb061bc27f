import type {Answers} from '../../src/engines/host/sections.js';
import {flat} from '../rig/flat-moves.js';
import {describe, expect, test} from 'vitest';
import {insideBlockers} from '../../src/engines/criu/network-inside.js';
import {readSettings, withNetworkSettings} from '../../src/engines/criu/network-settings.js';
import {podmanMoves} from '../../src/engines/podman/moves.js';
import {aContainer, aPair} from './podman-pair.js';

const answered = (parts: Readonly<Record<string, string>>): Answers => ({
  text: (name) => parts[name] ?? '',
  lines: (name) => (parts[name] ?? '').split('\n').filter((line) => line !== ''),
});

describe('settings of a network', () => {
  test('only plain paths below net are taken from a host', () => {
    const lines = [
      '/proc/sys/net/core/somaxconn:777',
      '/proc/sys/net/ipv4/ip_local_port_range:1000\t2000',
      '/proc/sys/net/../kernel/core_pattern:|/x',
      '/proc/sys/kernel/core_pattern:|/x',
      '/etc/passwd:x',
    ];
    expect(readSettings(answered({'network-settings': lines.join('\n')}))).toEqual({
      'net/core/somaxconn': '777',
      'net/ipv4/ip_local_port_range': '1000\t2000',
    });
  });

  test('they are set after the restore and after the way back; without any nothing changes', () => {
    const plain = flat(podmanMoves(aPair(), '/s'));
    const pair = aPair({weight: {networkSettings: {'net/core/somaxconn': '777'}}});
    const moves = flat(podmanMoves(pair, '/s'));
    for (const each of ['restore', 'resume'] as const) {
      expect(moves[each].argv.slice(4)).toEqual([
        ...['podman', 'redis', '1', 'net/core/somaxconn', '777'],
        ...plain[each].argv,
      ]);
      expect(moves[each].timeoutMs).toBe(plain[each].timeoutMs);
    }
    expect(withNetworkSettings('podman', aPair(), plain)).toBe(plain);
  });
});

describe('what was made in the network of a container', () => {
  const container = aContainer({
    raw: {NetworkSettings: {Networks: {lan: {IPAddress: '10.78.0.50'}}}},
  });
  const found = (parts: Readonly<Record<string, string>>): readonly string[] =>
    insideBlockers(answered(parts), container).map(({what}) => what);
  const nft = (...lines: readonly string[]): string => lines.map((line) => `| ${line}`).join('\n');

  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'nothing',
      {
        addresses: '10.78.0.50\n127.0.0.1',
        routes: '00000000 FE024E0A\n00024E0A 00000000',
        'devices-inside': 'lo\neth0\ntunl0',
      },
      [],
    ],
    [
      'rules',
      {
        firewall: nft(
          'table inet filter {',
          'chain output {',
          'type filter hook output priority filter; policy accept;',
          'oif "eth0" drop',
          '}',
          '}',
        ),
      },
      ['firewall rules'],
    ],
    [
      'a policy',
      {firewall: nft('type filter hook output priority filter; policy drop;')},
      ['firewall rules'],
    ],
    [
      'rules of iptables',
      {firewall: nft('*filter', ':OUTPUT DROP [0:0]', 'COMMIT')},
      ['firewall rules'],
    ],
    [
      "docker's own",
      {
        firewall: nft(
          ...['table ip nat {', 'chain DOCKER_OUTPUT {'],
          ...[
            'ip daddr 127.0.0.11 tcp dport 53 counter packets 0 bytes 0 dnat to 127.0.0.11:40441',
            '}',
          ],
          ...['*nat', ':PREROUTING ACCEPT [0:0]', ':DOCKER_OUTPUT - [0:0]'],
          ...['-A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT', 'COMMIT'],
        ),
      },
      [],
    ],
    ['an address', {addresses: '10.78.0.50\n10.9.9.9'}, ['the address 10.9.9.9']],
    ['a route', {routes: '00000000 FE024E0A\n0000000A FE024E0A'}, ['routes']],
    ['a tunnel', {'devices-inside': 'lo\neth0\nwg0'}, ['the device wg0']],
  ])('%s', (_, parts, what) => {
    expect(found(parts)).toEqual(what);
  });
});
