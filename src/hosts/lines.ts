import {StringDecoder} from 'node:string_decoder';

/**
 * Cuts a stream of bytes into lines of text. `\n`, `\r\n` and a lone `\r` end a line, because progress
 * meters rewrite theirs with `\r`. A line that never ends is handed over in pieces of 1 Mi characters.
 */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';
  #afterReturn = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** The last line, when it had no end. */
  end(): void {
    this.#take(this.#decoder.end());
    if (this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }

  #take(added: string): void {
    if (added === '') return;
    // The `\n` of a `\r\n` that was cut in two does not end another line.
    const text = this.#afterReturn && added.startsWith('\n') ? added.slice(1) : added;
    this.#afterReturn = added.endsWith('\r');
    const lines = (this.#rest + text).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
    if (this.#rest.length > 1 << 20) {
      this.#onLine(this.#rest);
      this.#rest = '';
    }
  }
}
