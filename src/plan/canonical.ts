/** Keys whose values say where something is written, and not what it means. */
const places: ReadonlySet<string> = new Set(['at', 'file']);

/** JSON with sorted keys, so that the order in which a plan is written makes no difference. */
export const canonicalize = (content: unknown): string =>
  JSON.stringify(content, (key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries: (readonly [string, unknown])[] =
      value instanceof Map ? ([...value] as [string, unknown][]) : Object.entries(value);
    const isNamed = value instanceof Map || key === 'labels' || key === 'volumes';
    const kept = entries.filter(([name]) => isNamed || !places.has(name));
    return Object.fromEntries(kept.sort(([one], [two]) => (one < two ? -1 : 1)));
  });
