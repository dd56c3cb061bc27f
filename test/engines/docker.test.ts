import {describe, expect, test} from 'vitest';
import {docker} from '../../src/engines/docker/docker.js';
import {readLook} from '../../src/engines/docker/look.js';
import {engineContract} from './contract.js';
import {aPair, container, described, question, surveyed} from './docker-pair.js';
import {recording, valueOf} from './recording.js';

engineContract(docker, {
  lookOutput: recording('docker-26.1.5-look'),
  surveyOutput: recording('docker-26.1.5-survey'),
  question,
  good: aPair(),
  bad: [
    aPair({target: {rootless: true, storageDriver: 'overlayfs', programs: []}}),
    aPair({container: container('redis', {tty: true, privileged: true, devices: ['/dev/kvm']})}),
    aPair({container: container('redis', {autoRemove: true, joins: 'other'})}),
    aPair({target: {networks: [], criu: undefined as never, cpuFlags: [], raw: {}}}),
    aPair({target: {scratchFree: 0, memoryFree: 0, storeFree: 0, architecture: 'aarch64'}}),
    aPair({versions: ['28.0.0', '25.0.1']}),
    aPair({
      container: container('rich'),
      source: {links: ['/srv/bind', 'init']},
    }),
  ],
});

describe('what docker tells', () => {
  test('a container with everything', () => {
    expect(container('rich')).toMatchObject({
      state: 'running',
      restored: false,
      restartPolicy: 'on-failure:3',
      image: {name: 'localhost/cm-lab/busybox:1'},
      addresses: [
        {network: 'own', ip: '172.30.0.20', mac: '02:11:22:33:44:55', fixed: true},
        {network: 'second', ip: '172.31.0.2', fixed: false},
      ],
      ports: [
        {hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp'},
        {hostIp: '127.0.0.1', hostPort: 9000, containerPort: 9000, protocol: 'udp'},
      ],
      labels: {a: 'b', odd: `it's "x" $HOME\nsecond line`},
    });
    const mounts = container('rich').mounts.map(({kind, name, readOnly}) => [kind, name, readOnly]);
    expect(mounts).toContainEqual(['volume', 'vdata', true]);
    expect(mounts).toContainEqual(['bind', '/bind', false]);
    expect(mounts).toContainEqual(['tmpfs', '/scratch', false]);
  });

  test('a name that does not exist is no complaint, another complaint is one', () => {
    expect(described.map(({name}) => name).sort()).toEqual(['auto', 'host', 'redis', 'rich']);
    const trouble = recording('docker-26.1.5-look').replace(
      '@@cm\tcomplaints\n',
      '@@cm\tcomplaints\nError response from daemon: layer does not exist\n',
    );
    expect(readLook(trouble)).toEqual({
      ok: false,
      error: 'docker: layer does not exist',
    });
  });

  test('a process that CRIU restored is told by its number', () => {
    const {pid} = container('redis');
    const said = recording('docker-26.1.5-look').replace(
      '@@cm\tend',
      `@@cm\trestored\t${pid}\n\n@@cm\tend`,
    );
    const restored = valueOf(readLook(said)).containers.filter((each) => each.restored);
    expect(restored.map(({name}) => name)).toEqual(['redis']);
  });

  test('the host', () => {
    expect(surveyed).toMatchObject({
      ...{runtime: 'runc', runtimeVersion: '1.1.15+ds1', storageDriver: 'overlay2'},
      ...{rootless: false, criu: {version: '4.2.1'}},
    });
    expect(surveyed.networks).toContainEqual({
      ...{name: 'own', driver: 'bridge', subnets: ['172.30.0.0/24'], internal: false},
      ...{ipv6: false, options: {}, labels: {}, pools: [{subnet: '172.30.0.0/24'}]},
    });
    expect(surveyed.images).toContainEqual({
      id: container('rich').image.id,
      names: ['localhost/cm-lab/busybox:1'],
      size: 2026589,
    });
    // On the host's network only its own sockets are its connections.
    expect(surveyed.weights.map(({established}) => established)).toEqual([0, 0, 0, 0]);
    expect(surveyed.landings.find(({name}) => name === 'vdata')).toMatchObject({
      ...{exists: true, kind: 'folder', empty: true},
    });
    expect(surveyed).toMatchObject({links: ['init']});
  });
});
