export const sum = (values: readonly number[]): number =>
  values.reduce((all, each) => all + each, 0);

/** For people. */
export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export const inMebibytes = (bytes: number): string => `${String(Math.round(bytes / 2 ** 20))} MiB`;
