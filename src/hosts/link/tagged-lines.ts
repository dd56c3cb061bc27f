import type {SendProgress} from './link.js';

/** Takes apart what the script of a stream prints: a word that says what it is, then the text. */
export class TaggedLines {
  readonly #onProgress: ((progress: SendProgress) => void) | undefined;
  readonly #errors: string[] = [];
  /** The last line that the receiver printed. */
  answer = '';
  /** The last line of all. */
  end = '';

  constructor(onProgress?: (progress: SendProgress) => void) {
    this.#onProgress = onProgress;
  }

  readonly take = (line: string): void => {
    const space = line.indexOf(' ');
    const [tag, text] = [line.slice(0, space), line.slice(space + 1)];
    if (tag === 'progress') this.#onProgress?.({bytes: Number(text)});
    else if (tag === 'answer' && text !== '') this.answer = text;
    else if (tag === 'error') this.#errors.push(text);
    else if (tag === 'end') this.end = text;
  };

  /** What the receiver printed on its standard error. */
  get errors(): string {
    return this.#errors.join('\n');
  }
}

export function readEnd(text: string) {
  const match = /^(\d+) (\d+) (producer|receiver) (\d+)$/.exec(text);
  if (match === null) return undefined;
  const [, producer, receiver, first, bytes] = match;
  return {
    producer: Number(producer),
    receiver: Number(receiver),
    receiverFirst: first === 'receiver',
    bytes: Number(bytes),
  };
}
