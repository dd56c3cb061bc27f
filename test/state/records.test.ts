import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {readRecord, removeRecord, writeRecord} from '../../src/state/host/records.js';
import {record} from '../rig/record.js';
import {ShellHost} from '../rig/shell-host.js';

let host: ShellHost;
beforeEach(() => {
  host = new ShellHost();
});
afterEach(() => {
  host[Symbol.dispose]();
});

const folder = () => host.at('/var/lib/cm/moves');

it('writes, replaces and removes a record, each of them twice', async () => {
  for (const phase of ['leaving', 'leaving', 'left'] as const) {
    const output = await host.run(writeRecord(record({phase})));
    expect(output).toMatchObject({code: 0, stdout: '', stderr: ''});
    const line = readFileSync(`${folder()}/redis.json`, 'utf8');
    const boot: unknown = expect.stringMatching(/^[0-9a-f-]{36} pid:\[\d+\]$/);
    const value = {...record({phase}), ...(phase === 'leaving' && {boot})};
    expect(readRecord(line)).toEqual({ok: true, value});
  }
  expect(readdirSync(folder())).toEqual(['redis.json']);
  const removed = [await host.run(removeRecord('redis')), await host.run(removeRecord('redis'))];
  expect(removed.map(({code}) => code)).toEqual([0, 0]);
  expect(readdirSync(folder())).toEqual([]);
});

it('puts a record back with the life of its host that it was written in', async () => {
  const found = record({phase: 'leaving', boot: 'an earlier one'});
  await host.run(writeRecord(found));
  const line = readFileSync(`${folder()}/redis.json`, 'utf8');
  expect(readRecord(line)).toEqual({ok: true, value: found});
});

it('brings the record and its name to the disk, in this order, before it answers', async () => {
  mkdirSync(host.at('/bin'));
  const noted = host.at('/synced');
  // The folder as it is at that moment shows whether the name is there already.
  const sync = `#!/bin/sh\nif [ -d "$1" ]; then echo "folder: $(ls -A "$1")"; else echo "file"; fi >> '${noted}'\n`;
  writeFileSync(host.at('/bin/sync'), sync, {mode: 0o755});
  const path = `PATH=${host.at('/bin')}:${process.env['PATH'] ?? ''}`;
  for (const each of [writeRecord(record()), removeRecord('redis')])
    expect(await host.run({...each, argv: ['env', path, ...each.argv]})).toMatchObject({code: 0});
  expect(readFileSync(noted, 'utf8')).toBe('file\nfolder: redis.json\nfolder: \n');
});

it('does not take an input that was cut off for a record', async () => {
  await host.run(writeRecord(record()));
  const whole = writeRecord(record({phase: 'left', plan: 'ü'}));
  const output = await host.run({...whole, stdin: whole.stdin?.slice(0, 40) ?? ''});
  expect(output.code).toBe(1);
  expect(readFileSync(`${folder()}/redis.json`, 'utf8')).toContain('"leaving"');
  expect(readdirSync(folder())).toEqual(['redis.json']);
});

it('adds the ID of what was made, and nothing that could be more than an ID', async () => {
  mkdirSync(host.at('/run/scratch'), {recursive: true});
  const writes = async (made: string) => {
    writeFileSync(host.at('/run/scratch/made'), made);
    const output = await host.run(writeRecord(record({phase: 'arrived'}), host.at('/run/scratch')));
    expect(output).toMatchObject({code: 0, stderr: ''});
    return readRecord(readFileSync(`${folder()}/redis.json`, 'utf8'));
  };
  expect(await writes('0123abcd\n')).toEqual({
    ok: true,
    value: record({phase: 'arrived', made: '0123abcd'}),
  });
  for (const made of ['', '\n', 'a b', 'a"b', '","id":"x', '../x/', 'a\nb'])
    expect(await writes(made)).toEqual({ok: true, value: record({phase: 'arrived'})});
  expect(readdirSync(folder())).toEqual(['redis.json']);
});

it('keeps the record that it stands in place of, once', () => {
  const found = record({phase: 'arrived', made: 'def'});
  const arriving = record({phase: 'arriving', found});
  expect(readRecord(JSON.stringify(arriving))).toEqual({ok: true, value: arriving});
  for (const odd of [null, 'x', {}, {...found, id: '../x'}, {...found, phase: 'parked'}])
    expect(readRecord(JSON.stringify({...arriving, found: odd})).ok).toBe(false);
});

it('keeps hostile names in its folder', async () => {
  const container = '../../x y\'"';
  expect((await host.run(writeRecord(record({container})))).code).toBe(0);
  expect(readdirSync(folder())).toHaveLength(1);
  expect(existsSync(host.at('/var/x y'))).toBe(false);
});

it('refuses what it does not know', () => {
  for (const line of ['', '{}', 'null', '[1]', JSON.stringify({...record(), format: 2})])
    expect(readRecord(line).ok).toBe(false);
  const parked = record({phase: 'parked', kept: {id: 'x', folder: '/x'}});
  expect(readRecord(JSON.stringify(parked))).toEqual({ok: true, value: parked});
  for (const kept of [undefined, null, {}, {id: 'x'}, {id: 1, folder: '/x'}])
    expect(readRecord(JSON.stringify({...parked, kept})).ok).toBe(false);
  expect(readRecord(JSON.stringify({...record(), phase: 'lost'}))).toEqual({
    ok: false,
    error: 'a record with a "phase" that this cm does not know',
  });
});
