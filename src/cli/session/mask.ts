/** What is shorter is no secret, and stands in too many other words. */
const SHORTEST = 4;

/** A line of a value that has several, such as a key. */
const SHORTEST_LINE = 8;

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&');

/** The forms in which a value reaches a message. */
function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/u).filter((line) => line.length >= SHORTEST_LINE);
  // A sentence quotes the beginning of a long value; see plan/parse/quote.ts.
  const cut = value.length > 60 ? [value.slice(0, 59)] : [];
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...lines, ...cut];
}

/**
 * Shows values that plans took from the environment as `${NAME}`: whoever writes a plan chooses the
 * variable, and whoever reads a log need not be who set it. Everything that is printed or kept goes through it.
 */
export class Mask {
  readonly #names = new Map<string, string>();
  #pattern: RegExp | undefined;

  /** `public`: where the value stands anyway. */
  add(name: string, value: string, shown: string): void {
    if (value.length < SHORTEST || shown.includes(value)) return;
    for (const form of formsOf(value)) {
      if (form.length < SHORTEST) continue;
      const key = form.toLowerCase();
      if (!this.#names.has(key)) this.#names.set(key, `\${${name}}`);
    }
    const forms = [...this.#names.keys()].sort((one, two) => two.length - one.length);
    this.#pattern = new RegExp(forms.map(escape).join('|'), 'giu');
  }

  readonly hide = (text: string): string =>
    this.#pattern === undefined
      ? text
      : text.replace(this.#pattern, (found) => this.#names.get(found.toLowerCase()) ?? '${…}');

  /** In the texts of JSON; a number stays one. */
  readonly hideInJson = (json: string): string =>
    this.#pattern === undefined
      ? json
      : json.replaceAll(/"(?:[^"\\]|\\.)*"/gu, (literal) =>
          JSON.stringify(this.hide(JSON.parse(literal) as string)),
        );

  /** In all texts of a plain value. */
  readonly hideIn = <T>(value: T): T =>
    this.#pattern === undefined ? value : (JSON.parse(this.hideInJson(JSON.stringify(value))) as T);
}
