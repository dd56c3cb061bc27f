import {gone, type Redacted} from './hide.js';
import {inStrings} from './json-strings.js';
import {redactCommands} from './redact-commands.js';
import {redactSettings} from './redact-settings.js';
import {redactUrls} from './redact-urls.js';
import {tokens} from './token-shapes.js';

interface Pattern {
  readonly find: RegExp;
  /** What is left: groups that are kept, and `***`. */
  readonly leave: string;
}

/** In this order; each is bounded, or ends where its text does, so that no file can keep them busy. */
const patterns: readonly Pattern[] = [
  {
    find: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/gu,
    leave: '(a private key)',
  },
  {
    // The keys of PuTTY.
    find: /^(Private-Lines: \d{1,4}\r?\n)(?!\*\*\*)(?:[A-Za-z0-9+/=]{1,80}\r?\n?)+/gmu,
    leave: `$1${gone}\n`,
  },
  {
    find: /\b((?:proxy-)?authorization\\{0,3}["']?\s{0,3}:\s{0,3}\\{0,3}["']?digest\s{1,5})(?:[\w-]{1,40}=(?:\\{0,7}"[^"\\]{0,500}\\{0,7}"|[^\s,"\\]{1,500})[,\s]{0,3}){1,20}/giu,
    leave: `$1${gone}`,
  },
  {
    find: /\b((?:proxy-)?authorization\\{0,3}["']?\s{0,5}[:=]\s{0,5}\\{0,3}["']?(?:(?:bearer|basic|digest|token|negotiate|apikey|splunk|aws4-hmac-sha256)\s{1,5})?)(?!\*\*\*|(?:bearer|basic|digest|token|negotiate|apikey|splunk)\s)(?=[^\s])[^"'\\\r\n]{1,4000}/giu,
    leave: `$1${gone}`,
  },
  {
    find: /\b(bearer\s{1,3})(?!\*\*\*)(?=[^\s]{0,80}\d)[A-Za-z0-9._~+/=-]{8,4000}/giu,
    leave: `$1${gone}`,
  },
  {
    find: /\b((?:set-)?cookie\\{0,3}["']?\s{0,3}:\s{0,3}\\{0,3}["']?)(?!\*\*\*)[^\s"'\\][^\r\n"'\\]{0,4000}/giu,
    leave: `$1${gone}`,
  },
  {find: tokens, leave: gone},
  // Hashes of passwords: crypt(5), Apache, LDAP, PHC.
  {
    find: /\$(?:1|2[abxy]?|5|6|7|y|gy|sha1|apr1|argon2(?:id?|d)|scrypt|pbkdf2(?:-sha\d{1,3})?|P|H|S|bcrypt)\$[\w./$=,+-]{8,300}/gu,
    leave: gone,
  },
  {
    find: /\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|PBKDF2\w{0,10}|ARGON2)\}[\w./$=,+-]{8,300}/gu,
    leave: gone,
  },
  // .netrc; sentences of SQL, redis, Vault and SNMP; openssl's pass phrases; what a program asked for.
  {
    find: /\b(login\s{1,8}\S{1,200}?\s{1,8}password\s{1,8})(?!\*\*\*)[^\s"'\\]{1,400}/gu,
    leave: `$1${gone}`,
  },
  {
    find: /\b((?:requirepass|masterauth|auth-pass \S{1,100}|r[ow]community6?|(?:identified|encrypted) (?:with \w{1,40} )?(?:by|password)|with password|(?:unseal|recovery) key \d{1,2}:|password for [^\n]{1,120}?:)\s{1,3}\\{0,3}["']?)(?!\*\*\*)[^\s"'\\]{1,400}/giu,
    leave: `$1${gone}`,
  },
  {
    find: /\b(user\s\S{1,60}\s(?:on|off)\s[^\n>]{0,100}>)(?!\*\*\*)[^\s"'\\]{1,400}/gu,
    leave: `$1${gone}`,
  },
  {find: /(?<=[\s"'])((?:pass|pw):)(?!\*\*\*)[^\s"'\\]{1,400}/gu, leave: `$1${gone}`},
  // Words of htpasswd, mc and kubectl that no flag announces, and what chpasswd is fed with.
  {
    find: /\b(htpasswd\s{1,3}-\w{0,6}b\w{0,6}(?:\s{1,3}(?!-)[^\s"'\\]{1,200}){2}\s{1,3})(?!\*\*\*)[^\s"'\\]{1,400}/gu,
    leave: `$1${gone}`,
  },
  {
    find: /\b(mc\s{1,3}(?:alias\s{1,3}set|config\s{1,3}host\s{1,3}add)(?:\s{1,3}[^\s"'\\]{1,200}){3}\s{1,3})(?!\*\*\*)[^\s"'\\]{1,400}/gu,
    leave: `$1${gone}`,
  },
  {
    find: /(--from-literal[=\s]["'\\]{0,9}[\w.-]{1,200}=)(?!\*\*\*)[^\s"'\\]{1,400}/gu,
    leave: `$1${gone}`,
  },
  {
    find: /(?<![^\s"'\\])([\w.-]{1,60}:)(?!\*\*\*)[^\s:"'\\]{1,400}(?=["'\\]{0,9}\s{0,3}\|\s{0,3}(?:sudo\s{1,3})?chpasswd\b)/gu,
    leave: `$1${gone}`,
  },
  // .pgpass: host:port:database:user:password, which is no MAC address and none of IPv6.
  {
    find: /(?<![^\s"'])((?![0-9a-f:]{1,60}(?:[\s"'\\/]|$))[\w.*-]{1,200}:(?:\d{1,5}|\*):[\w*-]{1,100}:[\w*.-]{1,100}:)(?!\*\*\*)(?:[^\s:"'\\]|\\:){1,400}(?![:\w])/gu,
    leave: `$1${gone}`,
  },
];

/** Longer no key is, in characters; and what its text is made of, line ends of JSON included. */
const KEY = 16_384;
const ofKey = /[A-Za-z0-9+/=\s\\]/u;
const keyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/u;

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

function cleanPatterns(text: string): Redacted {
  let [rest, count] = [text, 0];
  for (const {find, leave} of patterns) {
    count += rest.match(find)?.length ?? 0;
    rest = rest.replace(find, leave);
  }
  return {text: rest, count};
}

/** From what is certain by its form to what only a name announces. */
const cleaners: readonly ((text: string) => Redacted)[] = [
  redactUrls,
  cleanPatterns,
  redactCommands,
  redactSettings,
  cleanRests,
];

/** Strings of JSON in strings of JSON: so many layers are opened. */
const LAYERS = 4;

/**
 * What is inside of strings of JSON is cleaned as the text that it stands for: there its lines and quotes are what
 * they are. Then the text itself.
 */
function cleanShapes(text: string, layers: number): Redacted {
  const inner =
    layers > 0 ? inStrings(text, (each) => cleanShapes(each, layers - 1)) : {text, count: 0};
  let [rest, count] = [inner.text, inner.count];
  for (const clean of cleaners) {
    const cleaned = clean(rest);
    rest = cleaned.text;
    count += cleaned.count;
  }
  return {text: rest, count};
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
    const cleaned = cleanShapes(rest, LAYERS);
    return {text: cleaned.text, count: count + cleaned.count};
  }
}
