/** A part of a line that is short enough to be looked at; most lines are one. */
export interface Piece {
  /** Of the line, 1-based. */
  readonly line: number;
  readonly text: string;
  /** The line begins with it. */
  readonly first: boolean;
}

/** Characters that are looked at together. */
const WIDTH = 4096;

/** Characters that a piece shares with the one before, so that nothing falls between two of them. */
const SHARED = 1024;

/**
 * Cuts text that arrives in parts into lines, and long lines into pieces that overlap. However long a
 * line or the whole is, no more than one piece is kept.
 */
export class LogLines {
  readonly #onPiece: (piece: Piece) => void;
  #rest = '';
  #line = 1;
  #first = true;

  constructor(onPiece: (piece: Piece) => void) {
    this.#onPiece = onPiece;
  }

  /** Lines that have ended, and one that has begun. */
  get count(): number {
    return this.#rest === '' && this.#first ? this.#line - 1 : this.#line;
  }

  push(added: string): void {
    const text = this.#rest + added;
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      this.#rest = text.slice(from, end);
      this.#endLine();
      from = end + 1;
    }
    this.#rest = text.slice(from);
    this.#shorten();
  }

  /** The last line, when it had no end. */
  end(): void {
    if (this.count === this.#line) this.#endLine();
  }

  #endLine(): void {
    this.#shorten();
    this.#hand(this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest);
    this.#rest = '';
    this.#line += 1;
    this.#first = true;
  }

  #shorten(): void {
    let from = 0;
    for (; this.#rest.length - from > WIDTH; from += WIDTH - SHARED) {
      this.#hand(this.#rest.slice(from, from + WIDTH));
    }
    if (from > 0) this.#rest = this.#rest.slice(from);
  }

  #hand(text: string): void {
    this.#onPiece({line: this.#line, text, first: this.#first});
    this.#first = false;
  }
}
