import {describe, expect, test} from 'vitest';
import type {Twin} from '../../src/engines/engine.js';
import {dockerMoves} from '../../src/engines/docker/moves.js';
import type {JsonRecord} from '../../src/base/json.js';
import {aPair, container} from './docker-pair.js';

const scratch = '/run/cm/20260203-000000-abcd/0';
const rich = container('rich');
const raw = rich.raw as JsonRecord & {readonly Id: string};
const anonymous = rich.mounts.find(({destination}) => destination === '/anon')?.name ?? '';

const twins: readonly Twin[] = [
  {was: 'vdata', is: 'twin-vdata', source: '/volumes/vdata/_data', key: 'v0'},
  {was: anonymous, is: `twin-${anonymous}`, source: '/volumes/anon/_data', key: 'v1'},
];

const neighbours = [{id: 'f1', name: 'rich', running: false, addresses: [], ports: []}];

const besideOf = (change: JsonRecord = {}, connections: 'keep' | 'close' = 'close') => {
  const copy = {...rich, id: 'copy', name: 'twin', raw: {...raw, ...change}};
  const pair = aPair({container: copy, connections, target: {neighbours}});
  const beside = dockerMoves(pair, scratch).copy?.('rich', twins);
  if (!beside?.vessel) throw new Error('docker has none');
  return {...beside, made: beside.vessel(`${scratch}/to/rootfs`)};
};

describe('a container of docker beside the first one', () => {
  test('it is made of the same settings, with volumes of its own, and with the mark of its run', () => {
    const {made} = besideOf();
    expect(made.command.argv).toContain('twin');
    expect(made.command.argv).not.toContain('rich');
    const create = JSON.parse(made.command.stdin?.split('\n')[0] ?? '') as JsonRecord;
    expect(Object.keys(create['Labels'] as JsonRecord)).toEqual(['a', 'odd', 'cm.as']);
    expect(create).toMatchObject({
      Hostname: 'hosty',
      Labels: {'cm.as': scratch},
      HostConfig: {
        Binds: ['twin-vdata:/data:ro', '/srv/bind:/bind'],
        RestartPolicy: {Name: 'no'},
        NetworkMode: 'own',
      },
    });
    expect(JSON.stringify(create['HostConfig'])).toContain(`"Source":"twin-${anonymous}"`);
  });

  test('on its networks it has neither the names nor the hardware addresses of the first one', () => {
    const {made} = besideOf();
    const told = (made.command.stdin ?? '').trim().split('\n');
    const [create, joined] = told.map((line) => JSON.parse(line) as JsonRecord);
    expect(create).toMatchObject({MacAddress: ''});
    expect(create?.['NetworkingConfig']).toEqual({
      EndpointsConfig: {own: {IPAMConfig: {IPv4Address: '172.30.0.20'}, Aliases: []}},
    });
    expect(joined).toEqual({Container: 'twin', EndpointConfig: {IPAMConfig: null, Aliases: []}});
  });

  test('what was made is held against what was wanted', () => {
    const {made} = besideOf();
    expect(made.read(JSON.stringify([raw]))).toMatchObject({ok: false});
  });

  test('the images are freed of the ID that was dumped, and no connection is kept', () => {
    const {receive, restore} = besideOf({}, 'keep');
    expect(receive.argv.slice(-2)).toEqual([scratch, raw.Id]);
    expect(restore.argv).toContain('tcp-close');
    expect(restore.argv).not.toContain('tcp-established');
  });

  test('only what bears the mark is removed', () => {
    const {discard} = besideOf();
    expect(discard.argv[2]).toContain('label=cm.as=$scratch');
    expect(discard.argv.at(-1)).toBe(scratch);
  });

  test('on the network of the host that the first one is on, it is refused', () => {
    const on = (mode: string) => ({
      HostConfig: {...(raw['HostConfig'] as JsonRecord), NetworkMode: mode},
    });
    expect(besideOf(on('host')).refusals.map(({code}) => code)).toEqual(['network-shared']);
    expect(besideOf(on('none')).refusals).toEqual([]);
  });
});
