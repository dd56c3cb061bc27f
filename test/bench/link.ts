import {execa} from 'execa';
import {sshConfigOf} from '../../src/lab/lab-state.js';
import type {HostOf} from './bench-lab.js';
import type {CmEnded} from './cm-ended.js';
import {move} from './downtime.js';
import type {Recorder} from './recorder.js';
import {container, type RedisRig} from './redis-rig.js';
import {median} from './statistics.js';

const shape = 'tc qdisc replace dev eth0 root tbf rate "$1" burst 1mb latency 50ms';
const unshape = 'tc qdisc del dev eth0 root 2>/dev/null || :';

/** ms that ssh takes for so many bytes from host to host, over a connection that is open, with the cipher that cm asks for. */
async function streamed(rig: RedisRig, from: HostOf, to: HostOf, bytes: number): Promise<number> {
  const text = `ssh -c aes128-gcm@openssh.com -o Compression=no -fNM -S /run/bench.mux root@${rig.lab.addressOf(to)}
ssh -S /run/bench.mux to true
began=$(date +%s%N)
head -c ${bytes} /dev/zero | ssh -S /run/bench.mux to 'cat >/dev/null'
echo $((($(date +%s%N) - began) / 1000))
ssh -S /run/bench.mux -O exit to 2>/dev/null`;
  const {stdout} = await execa('ssh', ['-F', sshConfigOf(rig.lab.lab), '-A', from, text], {
    ...{env: rig.lab.env, timeout: 120_000},
  });
  return Number(stdout.split('\n')[0]) / 1000;
}

/** Work over a link of 1 Gbit/s in both directions. */
export async function slowed<T>(rig: RedisRig, work: () => Promise<T>): Promise<T> {
  await rig.lab.onAll(shape, '1gbit');
  try {
    return await work();
  } finally {
    await rig.lab.onAll(unshape);
  }
}

/** From the freeze to the last byte on the target, and how many there were. */
async function sentBy(rig: RedisRig): Promise<{readonly ms: number; readonly bytes: number}> {
  await rig.lab.settle();
  const words = ['apply', rig.planTo(rig.other), '--yes', '--json'];
  const {tookMs: ms, bytes = 0} = (await rig.lab.cm(words)).step('redis/freeze');
  await rig.arrived();
  return {ms, bytes};
}

/** A3: how much of a link is used between the freeze and the last byte. */
async function benchEfficiency(
  rig: RedisRig,
  megabytes: number,
  pairs: number,
  recorder: Recorder,
): Promise<void> {
  console.error(`link efficiency, ${megabytes} MB at 1 Gbit/s, ${pairs} pairs`);
  const {redis} = await rig.fill(megabytes * 10);
  redis.close();
  const [oursMs, theirsMs, rates]: number[][] = [[], [], []];
  await slowed(rig, async () => {
    for (let pair = 0; pair < pairs; pair++) {
      const [from, to] = [rig.at, rig.other];
      const {ms, bytes} = await sentBy(rig);
      const other = await streamed(rig, from, to, bytes);
      oursMs?.push(ms);
      theirsMs?.push(other);
      rates?.push((bytes * 8) / other / 1000);
      console.error(`  ${ms} ms for ${bytes} bytes; ssh alone ${Math.round(other)} ms`);
    }
  });
  const efficiency = median((oursMs ?? []).map((ms, i) => (theirsMs?.[i] ?? 0) / ms));
  recorder.put({
    comparisons: [
      {
        ...{id: 'A3', what: `podman, ${megabytes} MB at 1 Gbit/s: freeze to last byte`},
        ...{ours: 'cm', theirs: 'ssh (aes128-gcm, open) with as many bytes'},
        ...{oursMs: oursMs ?? [], theirsMs: theirsMs ?? [], goal: 1.43, aim: 1.18},
      },
    ],
    figures: [
      {
        ...{id: 'A3/efficiency', what: 'of the link used from freeze to last byte', unit: ''},
        value: Math.round(100 * efficiency) / 100,
        note: `at least 0.70, aim 0.85; goodput of ssh in the same run ${median(rates ?? []).toFixed(0)} Mbit/s`,
      },
    ],
  });
}

interface Grown {
  readonly gapMs: number;
  readonly bytes: number;
  /** CRIU's own restore, and its dump; ms. */
  readonly restoreMs: number;
  readonly frozenMs: number;
}

/** A move under a client's eyes, and another one back that tells where the time went. */
async function grown(rig: RedisRig, megabytes: number): Promise<Grown> {
  const {redis} = await rig.fill(megabytes * 10);
  redis.close();
  const {gapMs, lost} = await move(rig, rig.cm);
  if (lost) throw new Error('cm lost the client');
  await rig.lab.settle();
  const ran = await rig.lab.cm(['apply', rig.planTo(rig.other), '--yes', '--json']);
  await rig.arrived();
  return {gapMs, ...figuresOf(ran)};
}

function figuresOf(ran: CmEnded): Omit<Grown, 'gapMs'> {
  const {bytes = 0, figures = {}} = ran.step('redis/freeze');
  const restored = ran.step('redis/restore').figures ?? {};
  return {
    bytes,
    frozenMs: figures['frozen_time'] ?? 0,
    restoreMs: restored['restore_time'] ?? 0,
  };
}

/** A4: what the second half of a gigabyte costs, against what link, dump and restore need for it. */
async function benchGrowth(
  rig: RedisRig,
  small: number,
  pairs: number,
  recorder: Recorder,
): Promise<void> {
  const large = Math.round(small * 2.1);
  console.error(`growth, ${large} against ${small} MB, ${pairs} pairs`);
  const [oursMs, theirsMs]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const less = await grown(rig, small);
    const more = await grown(rig, large);
    const bytes = more.bytes - less.bytes;
    const linkMs = await streamed(rig, rig.at, rig.other, bytes);
    const part = bytes / more.bytes;
    oursMs.push(more.gapMs - less.gapMs);
    theirsMs.push(Math.max(linkMs, more.frozenMs * part) + more.restoreMs * part);
    console.error(`  ${oursMs.at(-1)} ms more; ${theirsMs.at(-1)} ms are needed`);
    recorder.put({
      comparisons: [
        {
          ...{id: 'A4', what: `podman: downtime of ${large} MB less that of ${small} MB`},
          ours: 'cm',
          theirs: "the longer of ssh and CRIU's dump, and CRIU's restore, for the difference",
          ...{oursMs, theirsMs, goal: 1.5, aim: 1.2},
        },
      ],
    });
  }
}

/** What no way over ssh gets under: the stream by itself, and CRIU's restore by itself. */
export async function benchNeeded(
  rig: RedisRig,
  id: string,
  {megabytes, pairs}: {readonly megabytes: number; readonly pairs: number},
  recorder: Recorder,
): Promise<void> {
  console.error(
    `downtime against what it needs, ${rig.kind.engine}, ${megabytes} MB, ${pairs} pairs`,
  );
  const {redis} = await rig.fill(megabytes * 10);
  redis.close();
  const [oursMs, theirsMs]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    await rig.lab.settle();
    const ran = await rig.lab.cm(['apply', rig.planTo(rig.other), '--yes', '--json']);
    const {downtimeMs = Number.NaN} = ran.container(container);
    await rig.arrived();
    const {bytes, restoreMs} = figuresOf(ran);
    oursMs.push(downtimeMs);
    theirsMs.push((await streamed(rig, rig.at, rig.other, bytes)) + restoreMs);
    console.error(
      `  ${downtimeMs} ms; ${theirsMs.at(-1)} ms are needed, ${restoreMs} of them for CRIU's restore`,
    );
  }
  recorder.put({
    comparisons: [
      {
        ...{id, what: `${rig.kind.engine}, ${megabytes} MB: downtime by cm's own count`},
        ...{ours: 'cm', theirs: "ssh with as many bytes to nowhere, then CRIU's restore"},
        ...{oursMs, theirsMs, goal: 1.5, aim: 1.2},
      },
    ],
  });
}

export async function benchLink(
  rig: RedisRig,
  megabytes: number,
  pairs: number,
  recorder: Recorder,
): Promise<void> {
  await benchEfficiency(rig, megabytes, pairs, recorder);
  await benchGrowth(rig, megabytes, Math.min(3, pairs), recorder);
}
