import {expect, test} from 'vitest';
import {differences as ofDocker} from '../../src/engines/docker/differences.js';
import {docker} from '../../src/engines/docker/docker.js';
import {podman} from '../../src/engines/podman/podman.js';
import {differences as ofPodman} from '../../src/engines/podman/differences.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {question} from './docker-pair.js';
import {recording, valueOf} from './recording.js';

/** Found by feeding damaged answers to the readers. */
const nested = (open: string, close: string): unknown =>
  JSON.parse(`{"HostConfig":{"Odd":${open.repeat(9000)}1${close.repeat(9000)}}}`);

test.each([
  ['lists', nested('[', ']')],
  ['maps', nested('{"a":', '}')],
  ['texts in lists', {HostConfig: {Odd: [['"'.repeat(9)]]}}],
])('%s within each other are compared without end or explosion', (_, damaged) => {
  const hosts = {source: '', target: ''};
  expect(ofDocker(damaged, damaged, hosts)).toEqual([]);
  expect(ofDocker({}, damaged, hosts).join('')).toMatch(/^HostConfig\.Odd: .{0,300}$/);
  expect(ofPodman(damaged, damaged)).toEqual([]);
  expect(ofPodman({}, damaged).join('')).toMatch(/^HostConfig\.Odd: .{0,300}$/);
});

test.each([
  [docker, 'docker-26.1.5-survey', question],
  [podman, 'podman-5.4.2-survey', {leaving: [], arriving: []}],
] as const)('$name: a number that no machine has is none', (engine, name, asked) => {
  const damaged = recording(name).replace(/MemAvailable: *\d+/, `MemAvailable: ${'9'.repeat(400)}`);
  expect(damaged).toContain('9999');
  expect(valueOf(engine.readSurvey(damaged, asked)).memoryFree).toBe(0);
});

test('a bundle without a name is none', () => {
  const damaged = recording('runc-1.1.15-look').replace(/^(@@cm\tbundle\t1)\t.*$/m, '$1');
  const read = runc.readLook(damaged);
  expect(read.ok ? '' : read.error).not.toBe('');
});
