/** Characters of a line that are shown. */
const WIDTH = 300;

/** Characters of a name that a log gave. */
const NAME = 120;

/** Control characters; escape sequences lose their first one, and are harmless then. */
const control = /\p{Cc}/gu;

const plain = (text: string): string => text.replaceAll('\t', ' ').replaceAll(control, '');

/** A line made fit to be shown: when it is long, the part of it from a little before `from`. */
export function shownLine(text: string, from = 0): string {
  if (text.length <= WIDTH) return plain(text).trimEnd();
  const start = Math.max(0, Math.min(from - 40, text.length - WIDTH));
  const end = start + WIDTH;
  const part = plain(text.slice(start, end)).trim();
  return `${start > 0 ? '…' : ''}${part}${end < text.length ? '…' : ''}`;
}

/** Puts what was caught into a text that names it: `{path}`. */
export const fill = (text: string, caught: Readonly<Record<string, string | undefined>>): string =>
  text.replaceAll(/\{([a-z]{1,20})\}/gu, (_, name: string) => {
    const value = plain(caught[name] ?? '…');
    return value.length > NAME ? `${value.slice(0, NAME)}…` : value;
  });
