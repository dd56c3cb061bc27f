import {err, ok, type Result} from '../../base/result.js';

/** What a dump did, by CRIU's own count. Times in µs, pages of the source's page size. */
export interface CriuStats {
  /** Until all processes were held. */
  readonly freezingTime: number;
  /** How long they were held. */
  readonly frozenTime: number;
  readonly memdumpTime: number;
  readonly memwriteTime: number;
  /** Looked at, memory shared between processes included. */
  readonly pagesScanned: number;
  /** Unchanged since the dump before, and not written. */
  readonly pagesSkipped: number;
  readonly pagesWritten: number;
}

/** The first eight bytes of `stats-dump`: `IMG_SERVICE_MAGIC` and `STATS_MAGIC` of CRIU's `magic.h`, little-endian. */
const magic = '@Y\x10U\x063\tW';

/** Numbers of the fields in CRIU's `images/stats.proto`; `shpages_…` count memory that is shared. */
const field = {
  ...{freezingTime: 1, frozenTime: 2, memdumpTime: 3, memwriteTime: 4},
  ...{pagesScanned: 5, pagesSkipped: 6, pagesWritten: 7},
  ...{sharedScanned: 12, sharedSkipped: 13, sharedWritten: 14},
};

interface Read<T> {
  readonly value: T;
  readonly next: number;
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. Exact up to 2^53. */
function varint(bytes: string, from: number): Read<number> | undefined {
  let value = 0;
  for (let place = 0; place < 10; place += 1) {
    const byte = bytes.charCodeAt(from + place);
    if (Number.isNaN(byte)) return undefined;
    value += (byte % 128) * 2 ** (7 * place);
    if (byte < 128) return {value, next: from + place + 1};
  }
  return undefined;
}

/** The value of one field: a number, or the bytes of a message within. */
function fieldValue(wire: number, bytes: string, from: number): Read<number | string> | undefined {
  if (wire === 0) return varint(bytes, from);
  const length = wire === 2 ? varint(bytes, from) : {value: wire === 1 ? 8 : 4, next: from};
  if (length === undefined || ![1, 2, 5].includes(wire)) return undefined;
  const next = length.next + length.value;
  return next > bytes.length ? undefined : {value: bytes.slice(length.next, next), next};
}

/** Field number to value; unknown ones are newer than this and do no harm. */
function message(bytes: string): ReadonlyMap<number, number | string> | undefined {
  const found = new Map<number, number | string>();
  let at = 0;
  while (at < bytes.length) {
    const key = varint(bytes, at);
    const read = key && fieldValue(key.value % 8, bytes, key.next);
    if (key === undefined || read === undefined) return undefined;
    found.set(Math.floor(key.value / 8), read.value);
    at = read.next;
  }
  return found;
}

function decode(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

/** The entry within the file: both magics, the length as four bytes, and the message itself. */
function dumpEntry(bytes: string): ReadonlyMap<number, number | string> | undefined {
  const lengthAt = magic.length;
  const length = [0, 1, 2, 3].reduce(
    (sum, place) => sum + bytes.charCodeAt(lengthAt + place) * 256 ** place,
    0,
  );
  const body = bytes.slice(lengthAt + 4, lengthAt + 4 + length);
  const dump = body.length === length ? message(body)?.get(1) : undefined;
  const entry = typeof dump === 'string' ? message(dump) : undefined;
  return typeof entry?.get(field.pagesWritten) === 'number' ? entry : undefined;
}

/** Reads the file `stats-dump`, which CRIU writes last of all, from its base64. */
export function readCriuStats(base64: string): Result<CriuStats, string> {
  const bytes = decode(base64);
  if (!bytes.startsWith(magic)) return err("CRIU's stats-dump is not what CRIU writes");
  const entry = dumpEntry(bytes);
  if (entry === undefined) return err("CRIU's stats-dump is cut off, or not of a dump");
  const value = (each: number): number => {
    const found = entry.get(each);
    return typeof found === 'number' ? found : 0;
  };
  const count = (...fields: readonly number[]): number =>
    fields.reduce((sum, each) => sum + value(each), 0);
  return ok({
    freezingTime: count(field.freezingTime),
    frozenTime: count(field.frozenTime),
    memdumpTime: count(field.memdumpTime),
    memwriteTime: count(field.memwriteTime),
    pagesScanned: count(field.pagesScanned, field.sharedScanned),
    pagesSkipped: count(field.pagesSkipped, field.sharedSkipped),
    pagesWritten: count(field.pagesWritten, field.sharedWritten),
  });
}
