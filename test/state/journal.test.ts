import type {JournalEntry, RunReport} from '../../src/state/runner/run-report.js';
import {appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {Journal, journalLine, readJournal} from '../../src/state/runner/journal.js';
import {latestReports, listRuns, readRun, writeReport} from '../../src/state/runner/run-files.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'cm-state-'));
});
afterEach(() => {
  rmSync(state, {recursive: true, force: true});
});

const entry = (rest: Partial<JournalEntry> = {}): JournalEntry => ({
  at: 1,
  type: 'step-started',
  ...rest,
});

const report = (run: string, startedAt: string): RunReport => ({
  format: 1,
  run,
  plan: {name: 'evening', file: 'p.yaml', hash: 'h'},
  provenance: {cm: '1', node: '20', runner: 'ann@desk'},
  startedAt,
  endedAt: startedAt,
  exit: 0,
  containers: [],
  problems: [],
  warnings: [],
  timeline: [],
  inFlight: [],
});

const modeOf = (file: string): number => statSync(path.join(state, file)).mode & 0o777;

describe('the journal', () => {
  it('is written in order, for its owner alone, and is there after closing', async () => {
    const journal = new Journal(state, 'r1');
    for (let at = 0; at < 200; at += 1) journal.write(entry({at}));
    expect(await journal.close()).toBeUndefined();
    const text = readFileSync(path.join(state, 'runs/r1.jsonl'), 'utf8');
    expect(readJournal(text).map(({at}) => at)).toEqual([...Array(200).keys()]);
    expect([modeOf('runs'), modeOf('runs/r1.jsonl')]).toEqual([0o700, 0o600]);
  });

  it('is appended to by a second one of the same run', async () => {
    for (const at of [1, 2]) {
      const journal = new Journal(state, 'r1');
      journal.write(entry({at}));
      await journal.close();
    }
    expect((await readRun(state, 'r1'))?.journal.map(({at}) => at)).toEqual([1, 2]);
  });

  it('cuts long words so that a line stays within 400 bytes', () => {
    const long = 'ü"\\\n'.repeat(300);
    const line = journalLine(entry({step: long, message: long, code: 'x', where: [long, 'b']}));
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(400);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(readJournal(line)).toHaveLength(1);
    const hosts = Array.from({length: 500}, (_, index) => `host-${String(index)}`);
    expect(Buffer.byteLength(journalLine(entry({where: hosts})))).toBeLessThanOrEqual(400);
  });

  it('is read past a line that was torn', async () => {
    const journal = new Journal(state, 'r1');
    journal.write(entry());
    await journal.close();
    appendFileSync(path.join(state, 'runs/r1.jsonl'), '{"at":2,"type":"st');
    expect((await readRun(state, 'r1'))?.journal).toEqual([entry()]);
  });

  it('tells at its end that it could not be written', async () => {
    writeFileSync(path.join(state, 'runs'), 'a file');
    const journal = new Journal(state, 'r1');
    journal.write(entry());
    expect(await journal.close()).toMatch(/EEXIST|ENOTDIR/);
  });
});

describe('kept runs', () => {
  it('are listed with the newest first, those that died included', async () => {
    await writeReport(state, report('r1', '2026-01-01T00:00:00.000Z'));
    await writeReport(state, report('r2', '2026-01-03T00:00:00.000Z'));
    const journal = new Journal(state, 'r3');
    journal.write(entry({at: Date.UTC(2026, 0, 2), type: 'run-started', plan: 'morning'}));
    await journal.close();
    expect(await listRuns(state)).toEqual([
      {run: 'r2', plan: 'evening', startedAt: '2026-01-03T00:00:00.000Z', exit: 0},
      {run: 'r3', plan: 'morning', startedAt: '2026-01-02T00:00:00.000Z'},
      {run: 'r1', plan: 'evening', startedAt: '2026-01-01T00:00:00.000Z', exit: 0},
    ]);
    expect(modeOf('runs/r1.json')).toBe(0o600);
  });

  it('tell what was to go from where to where', async () => {
    const stays = {container: 'db', outcome: 'settled'} as const;
    const moved = {container: 'redis', outcome: 'moved', from: 'alpha', to: 'beta'} as const;
    const stopped = {container: 'web', outcome: 'stopped', from: 'beta', to: 'beta'} as const;
    const containers = [stays, moved, stopped];
    await writeReport(state, {...report('r1', '2026-01-01T00:00:00.000Z'), containers});
    expect((await listRuns(state)).map(({moves}) => moves)).toEqual([[moved]]);
  });

  it('are none where nothing was kept, and none outside of their folder', async () => {
    expect(await listRuns(state)).toEqual([]);
    expect(await readRun(state, 'r1')).toBeUndefined();
    writeFileSync(path.join(state, 'secret.json'), JSON.stringify(report('x', '')));
    expect(await readRun(state, '../secret')).toBeUndefined();
  });

  it.each([
    ['{"format":1}', '{"at":"x","type":"run-started"}'],
    ['{"format":1,"run":"r1","containers":[null]}', '{"at":1e300,"type":"run-started"}'],
    ['[]', '{"at":1,"type":{}}'],
  ])('that are damaged do not keep the others from being read: %s', async (text, line) => {
    await writeReport(state, report('r2', '2026-01-03T00:00:00.000Z'));
    writeFileSync(path.join(state, 'runs/r1.json'), text);
    writeFileSync(path.join(state, 'runs/r1.jsonl'), line);
    expect((await listRuns(state)).map(({run, plan}) => [run, plan])).toEqual([
      ['r2', 'evening'],
      ['r1', '?'],
    ]);
    expect((await latestReports(state, 20)).map(({run}) => run)).toEqual(['r2']);
  });

  it('of which the report is broken are told from their journal', async () => {
    await writeReport(state, report('r1', ''));
    writeFileSync(path.join(state, 'runs/r1.json'), '{"format":');
    expect(await readRun(state, 'r1')).toEqual({run: 'r1', journal: []});
    expect(await listRuns(state)).toEqual([{run: 'r1', plan: '?'}]);
  });
});
