import {err, ok, type Result} from '../../base/result.js';
import {bytesOf, readMessage, type Message} from './protobuf.js';

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
const magic = [0x40, 0x59, 0x10, 0x55, 0x06, 0x33, 0x09, 0x57];

/** Numbers of the fields in CRIU's `images/stats.proto`; `shpages_…` count memory that is shared. */
const field = {
  ...{freezingTime: 1, frozenTime: 2, memdumpTime: 3, memwriteTime: 4},
  ...{pagesScanned: 5, pagesSkipped: 6, pagesWritten: 7},
  ...{sharedScanned: 12, sharedSkipped: 13, sharedWritten: 14},
};

/** The entry within the file: both magics, the length as four bytes, and the message itself. */
function dumpEntry(bytes: Uint8Array): Message | undefined {
  const lengthAt = magic.length;
  const length = [0, 1, 2, 3].reduce(
    (sum, place) => sum + (bytes[lengthAt + place] ?? 0) * 256 ** place,
    0,
  );
  const body = bytes.subarray(lengthAt + 4, lengthAt + 4 + length);
  const dump = body.length === length ? readMessage(body)?.get(1)?.at(-1) : undefined;
  const entry = dump instanceof Uint8Array ? readMessage(dump) : undefined;
  return typeof entry?.get(field.pagesWritten)?.at(-1) === 'number' ? entry : undefined;
}

/** Reads the file `stats-dump`, which CRIU writes last of all, from its base64. */
export function readCriuStats(base64: string): Result<CriuStats, string> {
  const bytes = bytesOf(base64);
  if (!bytes || !magic.every((byte, place) => bytes[place] === byte))
    return err("CRIU's stats-dump is not what CRIU writes");
  const entry = dumpEntry(bytes);
  if (entry === undefined) return err("CRIU's stats-dump is cut off, or not of a dump");
  const value = (each: number): number => {
    const found = entry.get(each)?.at(-1);
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
