/** What a function returns when it may fail in an expected way. Throwing means a bug. */
export type Result<T, E> =
  {readonly ok: true; readonly value: T} | {readonly ok: false; readonly error: E};

export const ok = <T>(value: T): Result<T, never> => ({ok: true, value});

export const err = <E>(error: E): Result<never, E> => ({ok: false, error});

/** Closes an exhaustive switch: a new case that is not handled does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
