const longest = 60;

/** A value as it may stand in a sentence: in double quotes, and cut when it is long. */
export function quote(value: string): string {
  const shown = value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
  return `"${shown}"`;
}

/** `"a", "b" or "c"`, with no more of them than a person reads. */
export function quoteSome(values: readonly string[], word: 'and' | 'or'): string {
  const most = 16;
  const shown = values.slice(0, most).map(quote);
  if (values.length > most) return `${shown.join(', ')} ${word} ${values.length - most} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} ${word} ${last}`;
}
