import prettyBytes from 'pretty-bytes';
import prettyMilliseconds from 'pretty-ms';

/** Milliseconds for people: `340ms`, `2.5s`, `1m 30s`, `2h 5m`. */
export const formatDuration = (ms: number): string =>
  prettyMilliseconds(ms, ms < 60_000 ? {} : {secondsDecimalDigits: 0, unitCount: 2});

/** Bytes for people, in units of 1024: `512 MiB`, `1.5 GiB`. */
export const formatBytes = (bytes: number): string => prettyBytes(bytes, {binary: true});

/** Bits a second for people, in thousands: `800 Mbit/s`. */
export const formatRate = (bitsPerSecond: number): string =>
  `${prettyBytes(bitsPerSecond, {bits: true})}/s`;
