import type {ContainerName, Strategy} from '../../plan/plan.js';

/** What a move is expected to take. */
export interface Prediction {
  /** From freeze to service, ms. */
  readonly downtimeMs: number;
  readonly totalMs: number;
  /** Bytes from host to host: image, volumes and memory. */
  readonly bytes: number;
  /** One sentence: from what it was computed. */
  readonly how: string;
}

/** What is known of the way between two hosts; from earlier runs where there were any. */
export interface Rates {
  /** Bytes per second, host to host. */
  readonly stream: number;
  /** Bytes per second at which memory is dumped, and restored. */
  readonly dump: number;
  readonly restore: number;
  /** What the engine costs in a downtime whatever the size: ms. */
  readonly fixedMs: number;
  /**
   * Of the stateful move that they were measured in: how long its bytes took to stream. An unknown part of
   * that was the same for any number of bytes.
   */
  readonly freeze?: {readonly bytes: number; readonly streamMs: number};
  /** What cold moves took beside the stop, ms: mostly how long the program takes to start. */
  readonly coldMs?: number;
  /** What it took to stop containers, ms, by their names. */
  readonly stops?: Readonly<Record<ContainerName, number>>;
  /** Bytes per second that the plan lets a stream have. */
  readonly limit?: number;
  /** Nothing was measured between these hosts. */
  readonly assumed?: true;
  /** Where these figures come from, for people. */
  readonly source: string;
}

/**
 * Before anything was measured: a link of 1 Gbit/s at 88 % (what tar over ssh reaches), CRIU at 0.8
 * and 1.2 GB/s on memory file systems, and 0.6 s for podman's checkpoint and restore commands. Measured
 * with podman 5.4, runc 1.1 and CRIU 4.2 on two cores.
 */
export const assumedRates: Rates = {
  stream: 110e6,
  dump: 800e6,
  restore: 1200e6,
  fixedMs: 600,
  assumed: true,
  source: 'assumed: a 1 Gbit/s link and podman 5 on two cores',
};

export interface Load {
  readonly memory: number;
  /** Volumes and writable layer. */
  readonly files: number;
  /** 0 when the target has it. */
  readonly image: number;
  /** How many folders have a last pass. */
  readonly passes: number;
  /** How long the container is expected to take to stop. */
  readonly stopMs: number;
}

/** What a last pass over a folder costs when little has changed, ms. */
const passMs = 250;

/** What pre-copy leaves to be sent after the freeze, as a share of the memory: what it is, the rounds will tell. */
const assumedRest = 0.05;

/**
 * Stateful: `fixed + memory / dump + memory / stream + memory / restore`, since pages are dumped, then
 * sent, then restored; the last passes run beside the stream, so only what is longer counts. Pre-copy:
 * the same with the part of the memory that is left to the last, and all of it to restore. Cold: the
 * passes and half of the fixed cost, since nothing is dumped, until a cold move between these hosts has told
 * how long programs take to start; and what this one needs to stop.
 */
export function predict(strategy: Strategy, load: Load, rates: Rates): Prediction {
  const {stream} = rates;
  const passes = load.passes * passMs;
  const ms = (bytes: number, rate: number): number => (bytes / rate) * 1000;
  const {memory} = load;
  const last = strategy === 'pre-copy' ? memory * assumedRest : memory;
  const ahead = memory - last;
  const sent = Math.max(ms(last, rates.dump) + ms(last, stream), passes);
  const downtime =
    strategy === 'cold'
      ? (rates.coldMs ?? rates.fixedMs / 2 + passes) + load.stopMs
      : rates.fixedMs + sent + ms(memory, rates.restore);
  const before = ms(load.image + load.files + ahead, stream) + ms(ahead, rates.dump) + 2000;
  return {
    downtimeMs: Math.round(downtime),
    totalMs: Math.round(before + downtime),
    bytes: load.image + load.files + (strategy === 'cold' ? 0 : memory),
    how: rates.source,
  };
}
