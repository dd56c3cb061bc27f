import {childFile, timed} from './child.js';
import type {Recorder} from './recorder.js';

interface Peak {
  readonly steps: number;
  readonly peakKiB: number;
}

/** Memory against steps, in a world that is all in memory: no host takes part. */
export function benchSteps(recorder: Recorder): void {
  const peak = (steps: number): Peak =>
    JSON.parse(
      timed(process.execPath, [childFile('steps-memory'), `${steps}`], 120_000).stdout,
    ) as Peak;
  const [few, many] = [peak(100), peak(10_000)];
  const mib = ({peakKiB}: Peak): string => (peakKiB / 1024).toFixed(1);
  const each = (1024 * (many.peakKiB - few.peakKiB)) / (many.steps - few.steps);
  const ratio = Math.round((100 * many.peakKiB) / few.peakKiB) / 100;
  console.error(`  ${many.steps} steps: ${mib(many)} MiB, ${few.steps}: ${mib(few)} MiB`);
  recorder.put({
    figures: [
      {
        ...{
          id: 'E3',
          what: 'peak memory for 10,000 steps / for 100',
          value: ratio,
          unit: '×',
          goal: 2,
        },
        note: `in process, hosts in memory, too: ${many.steps} steps ${mib(many)} MiB, ${few.steps} steps ${mib(few)} MiB, ${Math.round(each)} bytes a step`,
      },
    ],
  });
}
