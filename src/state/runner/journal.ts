import type {JournalEntry} from './run-report.js';
import {mkdir, open, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isJournalEntry} from './kept-shape.js';
import {FILE_MODE, FOLDER_MODE, runsFolder} from './runs-folder.js';

/** Longest line, bytes: one that is this short is written whole or not at all. */
const LINE_BYTES = 400;

/** A disk that takes longer than this is waited for no more, ms. */
const PATIENCE_MS = 500;

const cut = (value: unknown, length: number): unknown =>
  typeof value === 'string' && value.length > length ? `${value.slice(0, length)}…` : value;

/** One line of at most 400 bytes. */
export function journalLine(entry: JournalEntry): string {
  for (const length of [400, 120, 60, 30, 12, 4]) {
    const line = `${JSON.stringify(entry, (_, value: unknown) => cut(value, length))}\n`;
    if (Buffer.byteLength(line) <= LINE_BYTES) return line;
  }
  return `${JSON.stringify({at: entry.at, type: entry.type})}\n`;
}

function entryOf(line: string): readonly JournalEntry[] {
  try {
    const value: unknown = JSON.parse(line);
    return isJournalEntry(value) ? [value] : [];
  } catch {
    return [];
  }
}

/** Lines that were torn by a crash are left out. */
export const readJournal = (text: string): readonly JournalEntry[] =>
  text.split('\n').flatMap(entryOf);

/**
 * The journal of one run, `<stateDir>/runs/<run>.jsonl`. Entries are written in their order, and each
 * batch is on the disk before the next one begins; what is about to be done waits for `written`. It
 * explains, and the hosts are the truth: when the disk is full, slow or gone, it falls silent or behind
 * and says so at `close`, and nothing is stopped by it.
 */
export class Journal {
  readonly #file: Promise<FileHandle>;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #trouble: unknown;

  constructor(stateDir: string, run: string) {
    const folder = runsFolder(stateDir);
    this.#file = mkdir(folder, {recursive: true, mode: FOLDER_MODE}).then(async () =>
      open(path.join(folder, `${run}.jsonl`), 'a', FILE_MODE),
    );
    this.#file.catch((trouble: unknown) => {
      this.#trouble = trouble;
    });
  }

  write(entry: JournalEntry): void {
    this.#waiting.push(journalLine(entry));
    this.#writing ??= this.#drain();
  }

  /** Everything that was written so far is on the disk, or the disk has had its time. */
  async written(): Promise<void> {
    if (!this.#writing) return;
    const patience = new AbortController();
    const late = sleep(PATIENCE_MS, undefined, {signal: patience.signal}).catch(() => undefined);
    await Promise.race([this.#writing, late]);
    patience.abort();
  }

  async #drain(): Promise<void> {
    try {
      const file = await this.#file;
      while (this.#waiting.length > 0) {
        const text = this.#waiting.join('');
        this.#waiting = [];
        await file.appendFile(text);
        await file.datasync();
      }
    } catch (trouble) {
      this.#waiting = [];
      this.#trouble = trouble;
    }
    this.#writing = undefined;
  }

  /** Everything that was written is on the disk; otherwise what kept it from being so. */
  async close(): Promise<string | undefined> {
    await this.#writing;
    try {
      await (await this.#file).close();
    } catch (trouble) {
      this.#trouble ??= trouble;
    }
    return this.#trouble instanceof Error ? this.#trouble.message : undefined;
  }
}
