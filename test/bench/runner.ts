import {readFileSync} from 'node:fs';
import {execa} from 'execa';
import {labNames} from '../../src/lab/names.js';
import type {Recorder} from './recorder.js';
import type {RedisRig} from './redis-rig.js';
import {benchSteps} from './steps.js';

interface Cost {
  /** The most memory that the runner ever had, in MiB. */
  readonly peakMiB: number;
  /** What passed between the runner and all hosts, both ways. */
  readonly wireBytes: number;
}

function peakMiB(pid: number | undefined): number {
  try {
    const kib = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0; // it has just ended
  }
}

/** The machine's own end of the lab's bridge: what goes from host to host is not counted there. */
function wireBytes(rig: RedisRig): number {
  const folder = `/sys/class/net/${labNames(rig.lab.lab.name).bridge}/statistics`;
  const of = (way: string): number => Number(readFileSync(`${folder}/${way}_bytes`, 'utf8'));
  return of('rx') + of('tx');
}

async function cost(rig: RedisRig, megabytes: number): Promise<Cost> {
  const {redis} = await rig.fill(megabytes * 10);
  redis.close();
  await rig.lab.settle();
  const before = wireBytes(rig);
  const [file, ...args] = rig.cm.argv(rig.at, rig.other);
  const running = execa(file, args, {env: rig.lab.env, reject: false, timeout: 180_000, all: true});
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMiB(running.pid));
  }, 10);
  const ran = await running;
  clearInterval(timer);
  const after = wireBytes(rig);
  if (ran.exitCode !== 0) throw new Error(`cm failed: ${ran.all}`);
  await rig.arrived();
  console.error(
    `  ${megabytes} MB: peak ${peak.toFixed(1)} MiB, ${after - before} bytes at the runner`,
  );
  return {peakMiB: peak, wireBytes: after - before};
}

/** What a move costs the machine that runs `cm`, which must not depend on how much is moved, nor much on how many steps. */
export async function benchRunner(rig: RedisRig, recorder: Recorder): Promise<void> {
  console.error('memory and traffic of the runner');
  const [small, large] = [64, 1074];
  const little = await cost(rig, small);
  const much = await cost(rig, large);
  const percent = (100 * much.wireBytes) / (large * 1e6);
  const mib = (value: number): number => Math.round(value * 10) / 10;
  recorder.put({
    figures: [
      {
        ...{id: 'E1', what: 'peak memory for 1 GiB minus that for 64 MB', unit: 'MiB'},
        ...{value: mib(much.peakMiB - little.peakMiB), goal: 16},
        note: `${mib(much.peakMiB)} and ${mib(little.peakMiB)} MiB`,
      },
      {
        ...{id: 'E2', what: 'bytes through the runner for 1 GiB of state', unit: '%'},
        ...{value: Math.round(percent * 1000) / 1000, goal: 1},
        note: `${much.wireBytes} bytes; for 64 MB ${little.wireBytes} bytes`,
      },
    ],
  });
  benchSteps(recorder);
}
