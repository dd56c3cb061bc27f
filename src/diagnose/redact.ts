/** Text without secrets, and how many were taken out. */
export interface Redacted {
  readonly text: string;
  readonly count: number;
}

/** What stands in the place of a secret. */
export const gone = '***';

interface Pattern {
  readonly find: RegExp;
  /** What is left: groups that are kept, and `***`. */
  readonly leave: string;
}

const words =
  'passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?|requirepass|masterauth';

/** Ends of names such as `…_TOKEN_FILE`; then `=` or `:`, with quotes of JSON, escaped or not. */
const isSet = String.raw`[\w.-]{0,60}\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?`;

/** A value is a word; these are none that anybody keeps secret. */
const value = String.raw`(?!(?:true|false|null|yes|no|none|\d{1,3})\b|\*\*\*)[^\s"'\\,;{}[\]()]{1,4000}`;

/** Between a flag and its value: on a command line, or as words of a JSON list. */
const next = String.raw`(?:\\{0,3}["']\s{0,3},\s{0,200}\\{0,3}["']|=|\s{1,3}["']?)`;

const re = (text: string, flags = 'giu'): RegExp => new RegExp(text, flags);

/** In this order; each is bounded, or ends where its text does, so that no file can keep them busy. */
const patterns: readonly Pattern[] = [
  {
    find: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|$)/gu,
    leave: '(a private key)',
  },
  {
    find: /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:"']{0,100}):(?!\*\*\*@)[^\s/@"']{1,500}@/giu,
    leave: `$1:${gone}@`,
  },
  {find: /\b(https?:\/\/)(?!\*\*\*)[^\s/@:"']{1,500}@/giu, leave: `$1${gone}@`},
  {
    find: /\b((?:proxy-)?authorization\\{0,3}["']?\s{0,5}[:=]\s{0,5}\\{0,3}["']?(?:(?:bearer|basic|digest|token|negotiate)\s{1,5})?)(?!\*\*\*|(?:bearer|basic|digest|token|negotiate)\s)[^\s"',;\\]{1,4000}/giu,
    leave: `$1${gone}`,
  },
  {find: /\b(bearer\s{1,3})(?!\*\*\*)[A-Za-z0-9._~+/=-]{8,4000}/giu, leave: `$1${gone}`},
  {
    find: /\b((?:set-)?cookie\s{0,3}:\s{0,3})(?!\*\*\*)[^\s"'\\][^\r\n"'\\]{0,4000}/giu,
    leave: `$1${gone}`,
  },
  // Keys and tokens that are known by their form: AWS, GitHub, GitLab, Slack, Google, Stripe, npm, Docker, JWT, crypt(5).
  {find: /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/gu, leave: gone},
  {
    find: /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,255}|xox[abeprs]-[A-Za-z0-9-]{10,255}|AIza[\w-]{35}|[rs]k_live_[A-Za-z0-9]{16,255}|npm_[A-Za-z0-9]{36}|dckr_pat_[\w-]{20,255}|sk-[\w-]{20,255})/gu,
    leave: gone,
  },
  {find: /\beyJ[\w-]{8,4000}\.[\w-]{4,8000}(?:\.[\w-]{0,4000})?/gu, leave: gone},
  {find: /\$(?:1|2[aby]|5|6|7|y|argon2id?)\$[\w./$=,+-]{8,300}/gu, leave: gone},
  {
    find: re(
      String.raw`((?:--env|-e)${next}[A-Za-z_][\w.-]{0,100}=)(?!\*\*\*)((?:[^\s"'\\]|\\[^\n])[^"'\n]{0,4000}(?=\\{0,3}["'])|[^\s"']{1,4000})`,
      'gu',
    ),
    leave: `$1${gone}`,
  },
  {
    find: re(String.raw`(--?[\w-]{0,40}(?:pass|${words}|key)[\w-]{0,20}${next})(?!-)${value}`),
    leave: `$1${gone}`,
  },
  {find: re(String.raw`((?:${words})${isSet})${value}`), leave: `$1${gone}`},
  {
    find: /\b((?:requirepass|masterauth|identified by)\s{1,3}["']?)(?!\*\*\*)[^\s"']{1,400}/giu,
    leave: `$1${gone}`,
  },
];

/** Longer no key is, in characters; and what its text is made of, line ends of JSON included. */
const KEY = 16_384;
const ofKey = /[A-Za-z0-9+/=\s\\]/u;
const keyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/u;

/** The rest of a key whose beginning was cut off: it stands before its end. */
function cleanRests(text: string): Redacted {
  let count = 0;
  let left = '';
  let rest = text;
  for (let end = keyEnd.exec(rest); end; end = keyEnd.exec(rest)) {
    let from = end.index;
    while (from > 0 && end.index - from < KEY && ofKey.test(rest[from - 1] ?? '')) from -= 1;
    left += `${rest.slice(0, from)}(a private key)`;
    rest = rest.slice(end.index + end[0].length);
    count += 1;
  }
  return {text: left + rest, count};
}

/** The forms in which a value stands in a text: as it is, in JSON, in an address. */
const formsOf = (secret: string): readonly string[] => {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.replaceAll(/\p{Surrogate}/gu, ''));
  return [...new Set([secret, json, url])];
};

/**
 * Takes secrets out of texts: those that are known to be some, wherever they stand, and what looks like
 * one. It rather takes out too much; names, addresses and paths stay, for without them nobody could help.
 */
export class Redaction {
  readonly #known: readonly string[];

  constructor(secrets: Iterable<string>) {
    const forms = [...new Set(secrets)].flatMap(formsOf);
    // One may be part of another.
    this.#known = forms.sort((one, other) => other.length - one.length);
  }

  clean(text: string): Redacted {
    let count = 0;
    let rest = text;
    for (const secret of this.#known) {
      const parts = rest.split(secret);
      count += parts.length - 1;
      rest = parts.join(gone);
    }
    for (const {find, leave} of patterns) {
      count += rest.match(find)?.length ?? 0;
      rest = rest.replace(find, leave);
    }
    const cleaned = cleanRests(rest);
    return {text: cleaned.text, count: count + cleaned.count};
  }
}
