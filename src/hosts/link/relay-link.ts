import {type Command, script} from '../../base/command.js';
import {PARTIAL} from '../../base/folder-copy.js';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import {interrupted} from '../host-problems.js';
import type {Compared, CompareOptions, Link, SendOptions, Sent, SyncOptions} from './link.js';
import {comparison} from './comparison.js';
import {CONFINE} from '../../base/confine.js';
import {endFolders, removeEnd, sealEnd} from './folder.js';
import {notPrepared, streamProblem, syncProblem} from './problems.js';
import {COMPARE_RELAYED, LOOK_RELAYED, MAKE_PLUG, SYNC_RELAYED} from './scripts.js';
import {both, exchange, stopper, type RelayLinkOptions} from './exchange.js';
import {lastLine, pour} from './pour.js';
import {askReceiver, installReceivers} from './receive.js';
import {CHANGED, readStats, rsyncArguments, VANISHED, WHOLE} from './rsync.js';
import type {Output} from '../transport.js';

/** A stream takes as long as it takes; this is only so that nothing stays for ever. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** The passes that `LOOK_RELAYED` names. */
const passes: Readonly<Record<string, (facts: string) => readonly string[]>> = {
  whole: () => WHOLE,
  changed: (facts) => [...CHANGED, `--files-from=${facts}.changed`],
  rest: () => ['--delete'],
};

type Ended = Result<Output, Problem>;

class RelayLink implements Link {
  readonly way = 'relay';
  readonly #options: RelayLinkOptions;
  #closing: Promise<readonly Problem[]> | undefined;

  constructor(options: RelayLinkOptions) {
    this.#options = options;
  }

  async send(
    producer: Command,
    receiver: string,
    options: SendOptions = {},
  ): Promise<Result<Sent, Problem>> {
    const {from, to, folder, bandwidth} = this.#options;
    const startedAt = performance.now();
    const stop = stopper(options);
    const target = await to.start(askReceiver(endFolders(folder).target, receiver), {
      signal: stop.signal,
    });
    if (!target.ok) return target;
    const source = await from.start(producer, {signal: stop.signal});
    if (!source.ok) {
      stop.abort();
      return source;
    }
    const answer = lastLine(target.value.stdout);
    const flow = pour(source.value.stdout, target.value.stdin, bandwidth);
    let receiverFirst = false;
    void target.value.ended.then(() => {
      if (flow.over) return;
      // It took less than there was, whatever its status says; the producer has nobody to write to.
      receiverFirst = true;
      flow.drain();
      stop.abort();
    });
    const [produced, received] = await both(flow, source.value, target.value, options);
    if (options.signal?.aborted === true) return err(interrupted(from.host, producer));
    const problem = this.#failure(producer, receiver, produced, received, receiverFirst);
    if (problem !== undefined) return err(problem);
    return ok({
      bytes: flow.bytes,
      durationMs: performance.now() - startedAt,
      notes: produced.ok ? produced.value.stderr : '',
      answer: answer(),
    });
  }

  async sync(
    from: string,
    receiver: string,
    options: SyncOptions = {},
  ): Promise<Result<Sent, Problem>> {
    const looked = await this.#look(from, receiver, options);
    if (!looked.ok) return looked;
    const sums = {durationMs: looked.value.durationMs, notes: ''};
    for (const pass of looked.value.stdout.trim().split('\n')) {
      const words = passes[pass]?.(this.#facts(receiver));
      if (words === undefined) return err(syncProblem(this.#ends(), from, 0, `"${pass}"`));
      const sent = await this.#pass(from, receiver, words, options);
      if (!sent.ok) return sent;
      const {stderr, durationMs} = sent.value;
      sums.durationMs += durationMs;
      sums.notes += stderr;
    }
    return ok({...sums, ...readStats(sums.notes)});
  }

  /** Finds out which passes it takes. */
  async #look(
    from: string,
    receiver: string,
    {live = false, real = false, signal}: SyncOptions,
  ): Promise<Ended> {
    const {from: source} = this.#options;
    const values = [from, this.#facts(receiver), live ? 'live' : '', real ? 'real' : ''];
    const look = script(`look at ${from}`, LOOK_RELAYED, ...values);
    const looked = await source.run({...look, timeoutMs: LONGEST_MS}, signal && {signal});
    if (!looked.ok || looked.value.code === 0) return looked;
    return err(syncProblem(this.#ends(), from, looked.value.code, looked.value.stderr));
  }

  /** Where the source keeps what was in the folder at its first pass. */
  #facts(receiver: string): string {
    return `${endFolders(this.#options.folder).source}/folder.${receiver}`;
  }

  async #pass(
    from: string,
    receiver: string,
    words: readonly string[],
    options: SyncOptions,
  ): Promise<Ended> {
    const copy = () => this.#copy(from, receiver, words, options);
    const first = await copy();
    const sent = first.ok && first.value.code === PARTIAL ? await copy() : first;
    if (!sent.ok) return sent;
    const {code, stderr} = sent.value;
    return code === 0 || (options.live === true && code === VANISHED)
      ? sent
      : err(syncProblem(this.#ends(), from, code, stderr));
  }

  async #copy(
    from: string,
    receiver: string,
    pass: readonly string[],
    options: SyncOptions,
  ): Promise<Ended> {
    const words = [...pass, ...rsyncArguments(this.#options.bandwidth)];
    const exchanged = await exchange(this.#options, SYNC_RELAYED, from, receiver, words, options);
    if (!exchanged.ok) return exchanged;
    const {sent, received} = exchanged.value;
    return ok({...sent, stderr: `${received.stderr}\n${sent.stderr}`});
  }

  async compare(
    from: string,
    receiver: string,
    options: CompareOptions = {},
  ): Promise<Result<Compared, Problem>> {
    return comparison({...this.#options, source: from, receiver}, options, async (words) => {
      const exchanged = await exchange(
        this.#options,
        COMPARE_RELAYED,
        from,
        receiver,
        words,
        options,
      );
      if (!exchanged.ok) return exchanged;
      const {sent, received} = exchanged.value;
      return ok({...sent, stdout: sent.stderr, stderr: `${received.stderr}\n${sent.stderr}`});
    });
  }

  seal(): Promise<Result<undefined, Problem>> {
    return sealEnd(this.#options.to, endFolders(this.#options.folder).target);
  }

  close(): Promise<readonly Problem[]> {
    this.#closing ??= this.#remove();
    return this.#closing;
  }

  async #remove(): Promise<readonly Problem[]> {
    const {from, to, folder} = this.#options;
    const {source, target} = endFolders(folder);
    return (await Promise.all([removeEnd(from, source), removeEnd(to, target)])).flat();
  }

  #failure(
    producer: Command,
    name: string,
    produced: Ended,
    received: Ended,
    receiverFirst: boolean,
  ): Problem | undefined {
    if (!received.ok) return received.error;
    // When the receiver was first, the producer was stopped by us.
    if (!produced.ok && !receiverFirst) return produced.error;
    const {code, stderr} = received.value;
    return streamProblem(this.#ends(), producer, {
      producer: produced.ok ? produced.value : {code: 1, stderr: ''},
      receiver: {code, stderr, name},
      receiverFirst,
    });
  }

  #ends() {
    return {source: this.#options.from.host, target: this.#options.to.host};
  }
}

/**
 * A link whose bytes pass through the runner, for hosts that do not reach each other and for the runner's own machine.
 * No key and no connection is made: it uses the transports that are there.
 */
export async function openRelayLink(options: RelayLinkOptions): Promise<Result<Link, Problem>> {
  const {from, to, folder, receivers} = options;
  const {source, target} = endFolders(folder);
  const link = new RelayLink(options);
  const prepared = await Promise.all([
    from.run(script(`prepare ${source}`, MAKE_PLUG, source, CONFINE)),
    to.run(installReceivers(target, receivers)),
  ]);
  for (const [index, {host}] of [from, to].entries()) {
    const output = prepared[index];
    if (output?.ok === true && output.value.code === 0) continue;
    await link.close();
    if (output?.ok === false) return output;
    if (output !== undefined) return err(notPrepared(host, output.value));
  }
  return ok(link);
}
