import {type Readable, type TransformCallback, type Writable, Transform} from 'node:stream';
import {err, ok, type Result} from '../../base/result.js';
import {Lines} from '../lines.js';

/** Counts the bytes that pass, and lets them pass no faster than it was told. */
class Gauge extends Transform {
  readonly #bitsPerSecond: number | undefined;
  readonly #startedAt = performance.now();
  bytes = 0;

  constructor(bitsPerSecond?: number) {
    super();
    this.#bitsPerSecond = bitsPerSecond;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, pass: TransformCallback): void {
    this.bytes += chunk.length;
    const wait = this.#ahead();
    if (wait <= 1) pass(null, chunk);
    else setTimeout(pass, wait, null, chunk);
  }

  /** Milliseconds that the stream is ahead of its limit. */
  #ahead(): number {
    if (this.#bitsPerSecond === undefined) return 0;
    return (this.bytes * 8000) / this.#bitsPerSecond - (performance.now() - this.#startedAt);
  }
}

export interface Pour {
  /** Bytes that have gone through so far. */
  readonly bytes: number;
  /** Whether everything has been handed over. */
  readonly over: boolean;
  /** Nobody takes it any more: what still comes goes nowhere. */
  drain(): void;
}

/** From one program's output into another's input, no faster than that one takes it. */
export function pour(from: Readable, to: Writable, bitsPerSecond?: number): Pour {
  const gauge = new Gauge(bitsPerSecond);
  let over = false;
  from.once('end', () => {
    over = true;
  });
  from.pipe(gauge).pipe(to);
  return {
    get bytes() {
      return gauge.bytes;
    },
    get over() {
      return over;
    },
    drain: () => {
      gauge.unpipe(to);
      gauge.resume();
    },
  };
}

/** The longest first line that is waited for: no receiver prints more than a few words. */
const LONGEST_FIRST_LINE = 64 * 1024;

/** The first line of a stream; what came behind it is put back. */
export function firstLine(stream: Readable): Promise<Result<string, 'ended' | 'too long'>> {
  return new Promise((resolve) => {
    const seen: Buffer[] = [];
    let size = 0;
    const settle = (line: Result<string, 'ended' | 'too long'>): void => {
      stream.off('readable', read);
      stream.off('end', ended);
      resolve(line);
    };
    const ended = (): void => {
      settle(err('ended'));
    };
    const read = (): void => {
      for (let chunk = take(stream); chunk !== null; chunk = take(stream)) {
        const end = chunk.indexOf(10);
        seen.push(end < 0 ? chunk : chunk.subarray(0, end));
        size += chunk.length;
        if (end < 0 && size <= LONGEST_FIRST_LINE) continue;
        settle(end < 0 ? err('too long') : ok(Buffer.concat(seen).toString('utf8')));
        if (end >= 0 && end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
        return;
      }
    };
    stream.on('readable', read);
    stream.on('end', ended);
  });
}

const take = (stream: Readable): Buffer | null => stream.read() as Buffer | null;

/** Reads a stream to its end; gives its last line, at most 4 KiB of it. */
export function lastLine(stream: Readable): () => string {
  let last = '';
  const lines = new Lines((line) => {
    if (line !== '') last = line.slice(-4096);
  });
  stream.on('data', (chunk: Buffer) => {
    lines.push(chunk);
  });
  stream.on('end', () => {
    lines.end();
  });
  stream.resume();
  return () => last;
}
