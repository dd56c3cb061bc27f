import {randomBytes} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {endDump, reap} from '../../src/engines/podman/reap.js';

const id = randomBytes(32).toString('hex');
const other = randomBytes(32).toString('hex');

describe.runIf(process.platform === 'linux')('what is left of a CRIU that was cut off', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cm-reap-'));
    for (const name of ['conmon', 'runc', 'podman'])
      await writeFile(join(folder, name), '#!/bin/sh\necho up\nread -r line\n', {mode: 0o755});
  });
  afterAll(async () => {
    await rm(folder, {recursive: true, force: true});
  });

  /** A program of this name with these words, which has begun; how it ends. */
  const started = async (name: string, ...words: readonly string[]) => {
    const child = execa(join(folder, name), words, {reject: false, detached: true, buffer: false});
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = child.then(({signal}) => signal);
    const end = (): void => {
      process.kill(-(child.pid ?? 0), 'SIGTERM');
    };
    return {ended, end};
  };
  const shell = async (text: string, variables: string) =>
    execa('sh', ['-euc', `${variables}\n${text}`]);

  test('of a restore: monitor and runtime of this container, and of no other', async () => {
    const monitor = await started('conmon', '-c', id);
    const runtime = await started('runc', 'restore', id);
    const neighbour = await started('conmon', '-c', other);
    const engine = await started('podman', 'container', 'restore', id);
    await shell(reap, `id=${id}`);
    expect([await monitor.ended, await runtime.ended]).toEqual(['SIGKILL', 'SIGKILL']);
    for (const each of [neighbour, engine]) each.end();
    expect([await neighbour.ended, await engine.ended]).toEqual(['SIGTERM', 'SIGTERM']);
  });

  test('of a dump: the runtime, and never the monitor of what runs', async () => {
    const bundle = `/store/${id}/userdata`;
    const monitor = await started('conmon', '-c', id, '--restore', `${bundle}/checkpoint`);
    const runtime = await started('runc', 'checkpoint', '--image-path', `${bundle}/checkpoint`);
    await shell(endDump, `bundle=${bundle}`);
    expect(await runtime.ended).toBe('SIGKILL');
    monitor.end();
    expect(await monitor.ended).toBe('SIGTERM');
  });
});
