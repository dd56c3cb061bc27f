import type {KeptManifest} from '../../src/state/host/kept.js';

/** With something in every field. */
export const manifest = (change: Partial<KeptManifest> = {}): KeptManifest => ({
  format: 1,
  id: '20260101T000000Z-0a1b2c',
  container: 'redis',
  containerId: 'abc',
  restartPolicy: 'always',
  image: {id: 'sha256:1', name: 'redis:7'},
  origin: {
    host: 'alpha',
    at: '2026-01-01T00:00:00.000Z',
    run: 'r1',
    plan: 'evening',
    why: 'asked',
    note: 'before the upgrade',
    running: true,
    downtimeMs: 321,
  },
  maker: {
    engine: 'podman',
    engineVersion: '5.4.2',
    runtime: 'runc',
    runtimeVersion: '1.1.15',
    criu: '4.2',
    kernel: '6.12.0',
    architecture: 'x86_64',
    cpuModel: 'a fast one',
  },
  content: {
    memory: 123_456,
    processes: [{pid: 1, parent: 0, name: 'redis-server'}],
    sockets: [
      {protocol: 'tcp', state: 'ESTAB', local: '10.88.0.2:6379', remote: '10.88.0.1:40000'},
      {protocol: 'unix', state: 'LISTEN', local: '/run/redis.sock'},
    ],
    mounts: [
      {
        kind: 'volume',
        name: 'data',
        source: '/var/lib/containers/storage/volumes/data/_data',
        destination: '/data',
        readOnly: false,
      },
    ],
  },
  stored: {
    files: [{path: 'checkpoint.tar', bytes: 200_000, sha256: 'ab'.repeat(32)}],
    folders: [{key: 'v0', kind: 'volume', name: 'data', destination: '/data', bytes: 4096}],
    bytes: 204_096,
  },
  ...change,
});
