import {withoutCommandsInJson} from '../github/ci-commands.js';
import {eventRecord, type JsonRecord} from './json-records.js';
import type {Sink, Listener} from '../listener.js';

/** One object, one line. */
export const writeRecord = (out: Sink, record: JsonRecord): void => {
  out.write(`${withoutCommandsInJson(JSON.stringify(record))}\n`);
};

/** A run as NDJSON; version and summary lines are the printer's. */
export const createJsonView = (out: Sink): Listener => ({
  on: (event) => {
    writeRecord(out, eventRecord(event));
  },
  // Every line has been handed over already.
  close: () => Promise.resolve([]),
});
