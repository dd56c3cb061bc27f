import {isParkedUpon, type Held, type Resting} from '../../planner/checkpoint/retention.js';
import type {JsonRecord} from './json-records.js';

const nameFields = ({id, container, host, folder}: Held) => ({id, container, host, folder});

/** What is kept; `full`: with all that its manifest says. */
export function checkpointRecord(held: Held, resting: Resting, full = false): JsonRecord {
  const {manifest, ageSeconds, part, wrong} = held;
  const {origin, stored} = manifest ?? {};
  return {
    type: 'checkpoint',
    ...nameFields(held),
    ageSeconds,
    whole: manifest !== undefined,
    part,
    wrong,
    parked: isParkedUpon(held, resting),
    at: origin?.at,
    why: origin?.why,
    note: origin?.note,
    running: origin?.running,
    downtimeMs: origin?.downtimeMs,
    bytes: stored?.bytes,
    ...(full && {manifest}),
  };
}

export const removedRecord = (held: Held, because: string, removed: boolean): JsonRecord => ({
  type: 'checkpoint',
  ...nameFields(held),
  because,
  removed,
});
