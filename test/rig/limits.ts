import {spawnSync} from 'node:child_process';
import {setTimeout as sleep} from 'node:timers/promises';

/** What the probe takes on the machine that the limits of the tests were written for, ms. */
const referenceMs = {forks: 60, faults: 60, program: 60};

/** A test that takes this many times longer than expected on a machine of this speed is taken for hung. */
const slack = 6;

function took(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

/**
 * How many times slower than the reference this machine is, at least 1: the worst of twenty forks, the
 * first touch of 128 MiB, and the start of a program with a runtime, as an engine's is.
 */
function measurePace(): number {
  const forks = took(() => {
    for (let n = 0; n < 20; n += 1) spawnSync('true');
  });
  const faults = took(() => Buffer.alloc(128 * 2 ** 20, 1));
  const program = took(() => spawnSync(process.execPath, ['-e', '0']));
  return Math.max(
    1,
    forks / referenceMs.forks,
    faults / referenceMs.faults,
    program / referenceMs.program,
  );
}

const variable = 'TEST_PACE';

/** More than this is somebody else's work at that moment; what hangs would hang for hours. */
const slowest = 12;

/** Measured once, by the process that starts the tests; its children inherit it. The middle one of three. */
export function pace(): number {
  const known = Number(process.env[variable]);
  if (known >= 1) return known;
  const probes = [measurePace(), measurePace(), measurePace()].sort((one, other) => one - other);
  const measured = Math.min(slowest, probes[1] ?? 1);
  process.env[variable] = measured.toFixed(2);
  return measured;
}

/**
 * The limit, in ms, of something that takes at most `seconds` on the reference machine while it is
 * idle. Only what hangs ever reaches it: tests wait for conditions, and every limit of theirs comes
 * from here, so that a slow or busy machine fails none.
 */
export const limit = (seconds: number): number => Math.ceil(seconds * 1000 * pace() * slack);

/** Waits until it holds; fails when it has not after the limit of so many seconds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  seconds = 10,
  intervalMs = 20,
): Promise<void> {
  const end = performance.now() + limit(seconds);
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`not within ${limit(seconds)} ms: ${String(holds)}`);
    await sleep(intervalMs);
  }
}
