import type {Argv} from '../base/command.js';
import {quote} from './quote.js';

/**
 * The environment of every program on a host, whatever its login shell and rc files have set: administrators'
 * programs are found, messages are in English, and new files are readable.
 */
export const HEAD =
  'LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export LC_ALL PATH; umask 022';

/**
 * Says that the answer begins, on both outputs, and becomes the program. Between single quotes: without a quote, a
 * backslash, an exclamation mark and a newline, which shells do not agree on.
 */
const BEGIN = `CM_MARK=$1; ${HEAD}; export CM_MARK; shift; echo "$CM_MARK $$"; echo "$CM_MARK $$" >&2; eval "$(printf %b "$@")"`;

/**
 * For `printf %b`. The characters that stay as they are mean themselves between single quotes, in every shell. No
 * backslash is followed by a quote or another backslash, which fish would take for one character.
 */
const escaped = (text: string): string =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replaceAll(/[^ -~]|['\\!]/g, (character) =>
      character === '\n' ? '\\n' : `\\0${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
    );

/** In pieces that `printf` puts together again; no escape is cut in two. */
const chunks = (text: string): readonly string[] =>
  escaped(text).match(/(?:\\n|\\0[0-7]{3}|[^\\]){1,200}/g) ?? [];

/**
 * The text that the user's login shell is asked to run. It reads the same in sh, bash, zsh, fish and csh: plain words and
 * words between single quotes of printable ASCII. A POSIX sh, which replaces the login shell, puts the program's words
 * together again. Everything that the login shell prints comes before the line with the mark.
 */
export const remoteLine = (mark: string, argv: Argv): string =>
  [
    `exec /bin/sh -c '${BEGIN}' cm ${mark}`,
    ...chunks(`exec ${quote(argv)}`).map((chunk) => `'${chunk}'`),
  ].join(' ');

/** The same environment where no login shell is in between. */
export const withHead = (argv: Argv): Argv => [
  '/bin/sh',
  '-c',
  `${HEAD}; exec "$@"`,
  'cm',
  ...argv,
];
