import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readContainer} from '../../src/engines/podman/inspect.js';
import {look, readLook} from '../../src/engines/podman/look.js';
import {recorded, recording, valueOf} from './recording.js';

describe('podman: looking at containers', () => {
  test('the names are words after the script', () => {
    const {argv, title} = look(['redis', `o'brien`]);
    expect(argv.slice(0, 2)).toEqual(['sh', '-euc']);
    expect(argv.slice(3)).toEqual(['cm', 'redis', `o'brien`]);
    expect(title).toBe('podman: look at containers');
  });

  test('those that exist are read, whatever else was asked for', () => {
    const {version, containers} = valueOf(readLook(recording('podman-5.4.2-look')));
    expect(version).toBe('5.4.2');
    expect(Object.fromEntries(containers.map(({name, state}) => [name, state]))).toEqual({
      'pd-rich': 'running',
      'pd-api': 'created',
      'pd-ports': 'running',
      'pd-ckpt': 'checkpointed',
      'pd-pause': 'paused',
      'pd-c': 'created',
      'pd-b': 'created',
      'pd-a': 'created',
    });
  });

  test('one container with nearly everything', () => {
    const {raw, labels, ...facts} = recorded('pd-rich');
    expect(raw).toBeTypeOf('object');
    expect(labels).toEqual({a: 'b'});
    expect(facts).toMatchObject({
      restored: false,
      restartPolicy: 'on-failure:3',
      addresses: [{network: 'lan', ip: '10.78.0.151', mac: '02:42:0a:4e:00:97', fixed: true}],
      mounts: [
        {kind: 'volume', name: 'pdvol', destination: '/data', readOnly: false},
        {kind: 'bind', name: '/r', source: '/root', destination: '/r', readOnly: true},
        {kind: 'tmpfs', name: '/x', destination: '/x', readOnly: false},
      ],
      devices: ['/dev/null'],
      tty: false,
      autoRemove: false,
      userNamespace: false,
    });
    expect(facts.pid).toBeGreaterThan(0);
    expect(facts.upperDir).toMatch(/\/diff$/);
    expect(facts).not.toHaveProperty('joins');
    expect(facts).not.toHaveProperty('pod');
  });

  test('a restored one, with ports and an address that podman chose', () => {
    const {restored, ports, addresses} = recorded('pd-ports');
    expect(restored).toBe(true);
    expect(addresses).toMatchObject([{network: 'podman', ip: '10.88.0.3', fixed: false}]);
    expect(ports).toContainEqual({
      hostIp: '0.0.0.0',
      hostPort: 8080,
      containerPort: 6379,
      protocol: 'tcp',
    });
  });

  test('of one made through the API the asked address is known too', () => {
    expect(recorded('pd-api').addresses).toEqual([
      {network: 'pdnet', ip: '10.99.0.9', fixed: true},
    ]);
  });

  test('a checkpointed one has no process any more', () => {
    expect(recorded('pd-ckpt')).toMatchObject({pid: 0, restored: false});
  });

  test('a terminal, a user namespace, --rm and two networks', () => {
    expect(recorded('pd-c')).toMatchObject({
      tty: true,
      userNamespace: true,
      autoRemove: true,
      addresses: [
        {network: 'pdnet', ip: '10.99.0.7', mac: '02:11:22:33:44:55', fixed: true},
        {network: 'podman', fixed: false},
      ],
    });
    expect(recorded('pd-b')).toMatchObject({addresses: [], devices: ['/dev/fuse']});
  });

  test('no containers at all', () => {
    const text = '\n@@cm\tversion\npodman version 4.9.3\n\n@@cm\tcomplaints\n\n@@cm\tend\n';
    expect(readLook(text)).toEqual({ok: true, value: {version: '4.9.3', containers: []}});
  });

  test('a broken store is not an empty one', () => {
    const text =
      '\n@@cm\tversion\npodman version 4.9.3\n@@cm\tcomplaints\nError: database is locked\n\n@@cm\tinspect\n[]\n@@cm\tend\n';
    expect(readLook(text)).toEqual({ok: false, error: 'podman: database is locked'});
  });

  test('namespaces of another container', () => {
    const raw = {
      Id: 'a'.repeat(64),
      Name: 'b',
      HostConfig: {NetworkMode: 'container:0123'},
      Dependencies: ['0123'],
    };
    expect(valueOf(readContainer(raw)).joins).toBe('0123');
    expect(valueOf(readContainer({...raw, HostConfig: {}, Dependencies: ['9']})).joins).toBe('9');
    expect(valueOf(readContainer({...raw, HostConfig: {}, Pod: 'p'})).joins).toBeUndefined();
  });

  test('an address that was asked for in the old way', () => {
    const address = (words: string[], cmd: string[] = []) =>
      valueOf(
        readContainer({
          Id: 'a'.repeat(64),
          Name: 'b',
          Config: {CreateCommand: ['podman', 'run', ...words], Cmd: cmd},
          NetworkSettings: {
            Networks: {lan: {IPAddress: '10.0.0.9', MacAddress: '02:00:00:00:00:01'}},
          },
        }),
      ).addresses[0]?.fixed;
    expect(address(['--network', 'lan', '--ip', '10.0.0.9', 'image'])).toBe(true);
    expect(address(['--net=lan', '--ip=10.0.0.9', 'image'])).toBe(true);
    expect(address(['--network', 'lan', 'image', '--ip', '1.1.1.1'], ['--ip', '1.1.1.1'])).toBe(
      false,
    );
    expect(address(['image'])).toBe(false);
    expect(address(['--network', 'another', 'image'])).toBe(true);
  });

  test('any JSON is read without a throw', () => {
    const real = recorded('pd-rich').raw as Record<string, unknown>;
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(real)), (value, key) => {
        readContainer(value);
        readContainer({...real, [key]: value});
        readContainer({
          Id: 'a'.repeat(64),
          Name: 'b',
          Config: value,
          HostConfig: value,
          State: value,
        });
      }),
    );
  });
});
