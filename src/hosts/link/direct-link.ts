import {type Command, script} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import {
  connect,
  missing,
  removeAll,
  runScript,
  type Connection,
  type DirectLinkOptions,
} from './direct-ends.js';
import type {Compared, CompareOptions, Link, SendOptions, Sent, SyncOptions} from './link.js';
import {comparison} from './comparison.js';
import {endFolders, sealEnd} from './folder.js';
import {notPrepared, streamProblem, syncProblem} from './problems.js';
import {COMPARE, MAKE_KEY, SEND, SYNC} from './scripts.js';
import {CONFINE} from '../../base/confine.js';
import {quote} from '../quote.js';
import {installReceivers} from './receive.js';
import {progressBytes, readStats, rsyncArguments, VANISHED} from './rsync.js';
import {readEnd, TaggedLines} from './tagged-lines.js';

/** A stream takes as long as it takes; this is only so that nothing stays for ever. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

class DirectLink implements Link {
  readonly way = 'direct';
  readonly #options: DirectLinkOptions;
  readonly #publicKey: string;
  readonly #connections: readonly Connection[];
  #streams = 0;
  #closing: Promise<readonly Problem[]> | undefined;

  constructor(options: DirectLinkOptions, publicKey: string, connections: readonly Connection[]) {
    this.#options = options;
    this.#publicKey = publicKey;
    this.#connections = connections;
  }

  async send(
    producer: Command,
    receiver: string,
    options: SendOptions = {},
  ): Promise<Result<Sent, Problem>> {
    const {from, folder, bandwidth} = this.#options;
    const {control, pid} = this.#connection(receiver);
    const lines = new TaggedLines(options.onProgress);
    this.#streams += 1;
    const sending = script(
      `${producer.title ?? producer.argv.join(' ')} → ${receiver}`,
      SEND,
      `${endFolders(folder).source}/stream${this.#streams}`,
      control,
      receiver,
      `exec ${quote(producer.argv)}`,
      pid,
      bandwidth === undefined ? '' : String(Math.max(1, Math.floor(bandwidth / 8))),
    );
    const {stdin, timeoutMs = LONGEST_MS} = producer;
    const ran = await from.run(
      {...sending, timeoutMs, ...(stdin === undefined ? {} : {stdin})},
      {...signalOf(options), onLine: lines.take},
    );
    if (!ran.ok) return ran;
    const {stderr, durationMs} = ran.value;
    const end = readEnd(lines.end);
    if (end === undefined) return err(notPrepared(from.host, ran.value));
    const failed = streamProblem(this.#ends(), producer, {
      producer: {code: end.producer, stderr},
      receiver: {code: end.receiver, stderr: lines.errors, name: receiver},
      receiverFirst: end.receiverFirst,
    });
    if (failed !== undefined) return err(failed);
    return ok({bytes: end.bytes, durationMs, notes: stderr, answer: lines.answer});
  }

  async sync(
    from: string,
    receiver: string,
    options: SyncOptions = {},
  ): Promise<Result<Sent, Problem>> {
    const {live = false, real = false, onProgress} = options;
    const words = rsyncArguments(this.#options.bandwidth);
    const {control} = this.#connection(receiver);
    const facts = `${endFolders(this.#options.folder).source}/folder.${receiver}`;
    const values = [control, from, receiver, facts, live ? 'live' : '', real ? 'real' : ''];
    const ran = await this.#options.from.run(
      {
        ...script(`rsync ${from} → ${receiver}`, SYNC, ...values, ...words),
        timeoutMs: LONGEST_MS,
      },
      {
        ...signalOf(options),
        onLine: (line) => {
          const bytes = progressBytes(line);
          if (bytes !== undefined) onProgress?.({bytes});
        },
      },
    );
    if (!ran.ok) return ran;
    const {code, stdout, stderr, durationMs} = ran.value;
    if (code !== 0 && !(live && code === VANISHED))
      return err(syncProblem(this.#ends(), from, code, stderr));
    return ok({...readStats(stdout), durationMs, notes: stderr});
  }

  async compare(
    from: string,
    receiver: string,
    options: CompareOptions = {},
  ): Promise<Result<Compared, Problem>> {
    const {control} = this.#connection(receiver);
    const values = [control, from, receiver, options.real === true ? 'real' : ''];
    return comparison({...this.#options, source: from, receiver}, options, async (words) => {
      const asked = script(`compare ${from} with ${receiver}`, COMPARE, ...values, ...words);
      return this.#options.from.run({...asked, timeoutMs: LONGEST_MS}, signalOf(options));
    });
  }

  seal(): Promise<Result<undefined, Problem>> {
    return sealEnd(this.#options.to, endFolders(this.#options.folder).target);
  }

  close(): Promise<readonly Problem[]> {
    this.#closing ??= removeAll(this.#options, this.#publicKey);
    return this.#closing;
  }

  #ends() {
    return {source: this.#options.from.host, target: this.#options.to.host};
  }

  #connection(receiver: string): Connection {
    const index = Object.keys(this.#options.receivers).indexOf(receiver);
    const connection = this.#connections[index % this.#connections.length];
    if (connection === undefined)
      throw new RangeError(`"${receiver}" is not a receiver of this link`);
    return connection;
  }
}

export const signalOf = ({signal}: SendOptions) => (signal === undefined ? {} : {signal});

/** Takes back what has been done so far; what could not be is left to its expiry. */
async function abandon(options: DirectLinkOptions, problem: Problem, publicKey?: string) {
  await removeAll(options, publicKey);
  return err(problem);
}

/** Prepares both hosts and connects them; see `Link`. About five round trips, all before anything is frozen. */
export async function openDirectLink(options: DirectLinkOptions): Promise<Result<Link, Problem>> {
  const {from, to, folder, receivers} = options;
  const {source, target} = endFolders(folder);
  const [made, installed] = await Promise.all([
    runScript(from, script(`prepare ${source}`, MAKE_KEY, source, CONFINE)),
    runScript(to, installReceivers(target, receivers)),
  ]);
  if (!made.ok) return abandon(options, made.error);
  if (!installed.ok) return abandon(options, installed.error);
  const lacking = missing(options, made.value.stdout);
  if (lacking !== undefined) return abandon(options, lacking);
  const publicKey = /^ssh-ed25519 \S+/m.exec(made.value.stdout)?.[0] ?? '';
  const connections = await connect(options, publicKey);
  if (!connections.ok) return abandon(options, connections.error, publicKey);
  return ok(new DirectLink(options, publicKey, connections.value));
}
