import type {Argv} from '../base/command.js';

const plain = /^[A-Za-z0-9_./:=@%+,-]+$/;

/** One word for a POSIX shell. A word that is not obviously harmless goes between single quotes. */
function quoteWord(word: string, index: number): string {
  if (word.includes('\0')) throw new RangeError('an argument cannot hold a NUL byte');
  // The first word is always quoted, or `A=b` would be an assignment and `if` a keyword.
  if (index > 0 && plain.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The one place in which argv becomes text for a shell: for the exec request of ssh, which has no
 * other form, and for files that a shell runs. A NUL byte in a word is a bug of the caller.
 */
export const quote = (argv: Argv): string => argv.map(quoteWord).join(' ');
