export const sum = (values: readonly number[]): number =>
  values.reduce((all, each) => all + each, 0);

/** For people. */
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const inMebibytes = (bytes: number): string => `${String(Math.round(bytes / 2 ** 20))} MiB`;

/** `812 bytes`, `3.1 MiB` */
export function inBytes(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? 'KiB'}`;
}
