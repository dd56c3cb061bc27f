import {script} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {type Result, ok} from '../../base/result.js';
import type {Output, Running, Transport} from '../transport.js';
import {endFolders} from './folder.js';
import type {Receivers, SendOptions, SyncOptions} from './link.js';
import {type Pour, firstLine, pour} from './pour.js';
import {askReceiver} from './receive.js';

export interface RelayLinkOptions {
  readonly from: Transport;
  readonly to: Transport;
  /** Made on both hosts, in memory: `/run/cm/<run>/<lane>`, at most 80 plain characters. */
  readonly folder: string;
  readonly receivers: Receivers;
  /** Bits per second, for each stream. */
  readonly bandwidth?: number;
}

/** How often progress is said, ms. */
const PROGRESS_MS = 500;

type Ended = Result<Output, Problem>;

const NOTHING: Output = {code: 0, stdout: '', stderr: '', durationMs: 0};

/** Ends with the caller's signal, and when the other side of the stream is gone. */
export function stopper({signal}: SendOptions): AbortController {
  const stop = new AbortController();
  const onAbort = (): void => {
    stop.abort();
  };
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, {once: true, signal: stop.signal});
  return stop;
}

/** Waits for both, saying how far it is meanwhile. */
export async function both(
  flow: Pour,
  source: Running,
  target: Running,
  {onProgress}: SendOptions,
): Promise<[Ended, Ended]> {
  const saying = setInterval(() => {
    onProgress?.({bytes: flow.bytes});
  }, PROGRESS_MS);
  const ended = await Promise.all([source.ended, target.ended]);
  clearInterval(saying);
  return ended;
}

/** What rsync says on the source stands in the standard error of `sent`. */
export async function exchange(
  options: RelayLinkOptions,
  text: string,
  from: string,
  receiver: string,
  words: readonly string[],
  how: Pick<SyncOptions, 'real' | 'signal' | 'onProgress'>,
): Promise<Result<{readonly sent: Output; readonly received: Output}, Problem>> {
  const {from: source, to, folder} = options;
  const stop = stopper(how);
  const ends = endFolders(folder);
  const real = how.real === true ? 'real' : '';
  const sending = await source.start(
    script(`rsync ${from} → ${receiver}`, text, ends.source, from, receiver, real, ...words),
    {signal: stop.signal},
  );
  if (!sending.ok) return sending;
  const asked = await firstLine(sending.value.stdout);
  if (!asked.ok) {
    // What goes on without a line has no end either.
    if (asked.error === 'too long') stop.abort();
    const ended = await sending.value.ended;
    return ended.ok ? ok({sent: ended.value, received: NOTHING}) : ended;
  }
  const receiving = await to.start(askReceiver(ends.target, asked.value), {signal: stop.signal});
  if (!receiving.ok) {
    stop.abort();
    return receiving;
  }
  receiving.value.stdout.pipe(sending.value.stdin);
  const flow = pour(sending.value.stdout, receiving.value.stdin);
  void receiving.value.ended.then(() => {
    flow.drain();
  });
  const [sent, received] = await both(flow, sending.value, receiving.value, how);
  if (!received.ok) return received;
  return sent.ok ? ok({sent: sent.value, received: received.value}) : sent;
}
