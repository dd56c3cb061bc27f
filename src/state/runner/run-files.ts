import type {JournalEntry, ContainerReport, RunReport} from './run-report.js';
import {mkdir, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type {ContainerName, HostName} from '../../plan/plan.js';
import {isReport} from './kept-shape.js';
import {readJournal} from './journal.js';
import {FILE_MODE, FOLDER_MODE, runsFolder} from './runs-folder.js';

export async function writeReport(stateDir: string, report: RunReport): Promise<void> {
  const folder = runsFolder(stateDir);
  await mkdir(folder, {recursive: true, mode: FOLDER_MODE});
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await writeFileAtomic(path.join(folder, `${report.run}.json`), text, {mode: FILE_MODE});
}

export interface KeptRun {
  readonly run: string;
  /** Absent: the runner died, or is still at it. */
  readonly report?: RunReport;
  readonly journal: readonly JournalEntry[];
}

export interface ListedRun {
  readonly run: string;
  readonly plan: string;
  /** ISO 8601; absent when nothing was written. */
  readonly startedAt?: string;
  /** Absent: the runner died, or is still at it. */
  readonly exit?: number;
  /** What was to go from one host to another; absent when there was nothing, or it was not written. */
  readonly moves?: readonly ListedMove[];
}

export interface ListedMove {
  readonly container: ContainerName;
  readonly from: HostName;
  readonly to: HostName;
  readonly outcome: ContainerReport['outcome'];
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}

function reportOf(text: string | undefined): RunReport | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` when nothing is kept of a run of that name. */
export async function readRun(stateDir: string, run: string): Promise<KeptRun | undefined> {
  if (!/^[\w-][\w.-]*$/.test(run)) return undefined;
  const base = path.join(runsFolder(stateDir), run);
  const [report, journal] = await Promise.all([textOf(`${base}.json`), textOf(`${base}.jsonl`)]);
  if (report === undefined && journal === undefined) return undefined;
  const read = reportOf(report);
  return {run, ...(read && {report: read}), journal: readJournal(journal ?? '')};
}

/** The reports of the latest runs, told by their names, which begin with the time. */
export async function latestReports(stateDir: string, most: number): Promise<readonly RunReport[]> {
  const names = await readdir(runsFolder(stateDir)).catch((): string[] => []);
  const latest = names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .slice(-most);
  const texts = await Promise.all(
    latest.map(async (name) => textOf(path.join(runsFolder(stateDir), name))),
  );
  return texts.flatMap((text) => reportOf(text) ?? []);
}

/** All runs that something is kept of, the newest first. */
export async function listRuns(stateDir: string): Promise<readonly ListedRun[]> {
  const names = await readdir(runsFolder(stateDir)).catch((): string[] => []);
  const runs = new Set(names.flatMap((name) => /^(.+)\.jsonl?$/.exec(name)?.[1] ?? []));
  const kept = await Promise.all([...runs].map(async (run) => readRun(stateDir, run)));
  const listed = kept.flatMap((each) => (each ? [listedOf(each)] : []));
  return listed.sort((one, other) => (other.startedAt ?? '').localeCompare(one.startedAt ?? ''));
}

const movesOf = ({container, from, to, outcome}: ContainerReport): readonly ListedMove[] =>
  from === undefined || to === undefined || from === to ? [] : [{container, from, to, outcome}];

function listedOf({run, report, journal}: KeptRun): ListedRun {
  if (report) {
    const {plan, startedAt, exit} = report;
    const moves = report.containers.flatMap(movesOf);
    return {run, plan: plan.name, startedAt, exit, ...(moves.length > 0 && {moves})};
  }
  const first = journal[0];
  return {
    run,
    plan: first?.plan ?? '?',
    ...(first && {startedAt: new Date(first.at).toISOString()}),
  };
}
