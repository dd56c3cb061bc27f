/** The leading numbers of a version: `6.18.44-fc` → 6, 18, 44. */
const numbers = (version: string): readonly number[] =>
  (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '')
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);

/** Negative when `a` is older than `b`, 0 when they are equal as far as both go. What is no version counts as 0. */
export function compareVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export const isOlder = (version: string, than: string): boolean =>
  compareVersions(version, than) < 0;

/** `runc version 1.1.15+ds1` → `1.1.15+ds1`; empty where none is told. */
export const versionIn = (text: string): string => /\d+(?:\.\d+)+\S*/.exec(text)?.[0] ?? '';

/** Of what a runtime says of itself. crun says whether it was built with CRIU; without it no library helps. */
export const runtimeVersionIn = (runtime: string, told: string): string =>
  `${versionIn(told)}${runtime === 'crun' && told !== '' && !told.includes('+CRIU') ? ' -CRIU' : ''}`;
