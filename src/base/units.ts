const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const milliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: second,
  m: minute,
  h: hour,
  d: 24 * hour,
};

const bytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const bits: Readonly<Record<string, number>> = {kbit: 1e3, Mbit: 1e6, Gbit: 1e9};

/**
 * What a duration looks like. The digits are limited so that the largest one (99 h and a bit) fits a
 * timer, which counts milliseconds in 31 bits and fires at once when they do not suffice.
 */
const duration =
  /^(?=.*[1-9])(?:[0-9]{1,9}ms|[0-9]{1,6}(?:\.[0-9]{1,3})?s|[0-9]{1,4}(?:\.[0-9]{1,3})?m|[0-9]{1,2}(?:\.[0-9]{1,3})?h)$/u;

/** Nothing waits for it, so it may be as long as it likes. */
const age = /^(?=.*[1-9])[0-9]{1,4}(?:\.[0-9]{1,3})?[smhd]$/u;

const size = /^(?=.*[1-9])[0-9]{1,6}(?:\.[0-9]{1,3})?(?:[kMGT]?B|[KMGT]iB)$/u;

const rate = /^(?=.*[1-9])[0-9]{1,6}(?:\.[0-9]{1,3})?(?:[kMG]bit|[kMG]B|[KMG]iB)$/u;

function read(
  text: string,
  shape: RegExp,
  units: Readonly<Record<string, number>>,
): number | undefined {
  if (!shape.test(text)) return undefined;
  const number = Number.parseFloat(text);
  const unit = text.replace(/^[0-9.]+/u, '');
  return Math.max(1, Math.round(number * (units[unit] ?? 1)));
}

/** `500ms`, `90s`, `1.5m`, `2h` in whole milliseconds, at least 1; undefined for anything else. */
export const parseDuration = (text: string): number | undefined =>
  read(text, duration, milliseconds);

/** `90m`, `72h`, `30d` in whole milliseconds. */
export const parseAge = (text: string): number | undefined => read(text, age, milliseconds);

/** `512MiB`, `1.5GB` in whole bytes; `k M G T` count in thousands, `Ki Mi Gi Ti` in 1024s. */
export const parseSize = (text: string): number | undefined => read(text, size, bytes);

/** `800Mbit`, `1Gbit`, `100MiB`, an amount a second, in bits a second. */
export function parseRate(text: string): number | undefined {
  if (text.endsWith('bit')) return read(text, rate, bits);
  const perSecond = rate.test(text) ? read(text, size, bytes) : undefined;
  return perSecond === undefined ? undefined : perSecond * 8;
}

/** `1.5 GiB`; whole MiB below one GiB. */
export function gibibytes(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  return mebibytes < 1024 ? `${Math.ceil(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
