/** A file of an archive. */
export interface Packed {
  /** Plain characters, at most 100 of them; folders are made from what stands before each `/`. */
  readonly name: string;
  readonly content: Uint8Array;
}

const BLOCK = 512;

/** Where each field of a header begins (POSIX.1-1988 "ustar", pax(1)). */
const at = {name: 0, mode: 100, uid: 108, gid: 116, size: 124, mtime: 136, checksum: 148} as const;

const ascii = new TextEncoder();

/** An octal number as wide as its field, with the zero byte at its end. */
const octal = (value: number, width: number): string => value.toString(8).padStart(width - 1, '0');

function header({name, content}: Packed, seconds: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (offset: number, text: string): void => {
    block.set(ascii.encode(text), offset);
  };
  put(at.name, name);
  put(at.mode, octal(0o600, 8));
  put(at.uid, octal(0, 8));
  put(at.gid, octal(0, 8));
  put(at.size, octal(content.length, 12));
  put(at.mtime, octal(seconds, 12));
  // The sum is taken with spaces in its own place.
  put(at.checksum, '        0');
  put(257, 'ustar\u000000');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(at.checksum, `${octal(sum, 7)}\u0000 `);
  return block;
}

const padding = (size: number): Uint8Array => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

/** An archive as `tar` writes it, in parts. `seconds` since the epoch: when its files were made. */
export const tarOf = (files: readonly Packed[], seconds: number): readonly Uint8Array[] => [
  ...files.flatMap((file) => [header(file, seconds), file.content, padding(file.content.length)]),
  new Uint8Array(2 * BLOCK),
];
