import {Transform, type TransformCallback} from 'node:stream';

/** What is kept of the output before the mark, for the message when there is no mark. */
const KEPT = 16 * 1024;

/**
 * Leaves out what comes before the line with the mark: banners, and what rc files of a login shell print. When the
 * stream ends without it, everything is left out.
 */
export class Framed extends Transform {
  readonly #line: RegExp;
  #head: Buffer | undefined = Buffer.alloc(0);
  #began: (pid: number) => void = () => undefined;
  /** Resolves with the process that has printed the mark; never, when there is none. */
  readonly began = new Promise<number>((resolve) => {
    this.#began = resolve;
  });

  /** `mark` is plain text. */
  constructor(mark: string) {
    super();
    this.#line = new RegExp(`(?:^|\\n)${mark} (\\d+)\\n`);
  }

  get hasBegun(): boolean {
    return this.#head === undefined;
  }

  /** What came in place of an answer; the end of it, when it is long. */
  get before(): string {
    return this.#head?.toString('utf8') ?? '';
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, pass: TransformCallback): void {
    if (this.#head === undefined) {
      pass(null, chunk);
      return;
    }
    const seen = Buffer.concat([this.#head, chunk]);
    const match = this.#line.exec(seen.toString('latin1'));
    if (match === null) {
      this.#head = seen.subarray(-KEPT);
      pass();
      return;
    }
    this.#head = undefined;
    this.#began(Number(match[1]));
    pass(null, seen.subarray(match.index + match[0].length));
  }
}
