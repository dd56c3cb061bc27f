/** How sure a name makes it that its value is a secret. */
export type Secrecy = 'certain' | 'likely' | 'none';

/** `DB_PASSWORD`, `dbPassword` and `db.password` are the same words. */
const wordsOf = (name: string): readonly string[] =>
  (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/gu) ?? []).map((word) => word.toLowerCase());

/** A word that ends like this names a secret, alone or joined to others: `pgpassword`, `clientsecret`. */
const certain =
  /(?:password|passwd|passwort|passphrase|passcode|pwd|secret|token|apikey|accesskey|secretkey|privatekey|authkey|accountkey|sharedkey|keydata|credential|cred|psk|requirepass|masterauth|(?:db|smtp|user|root|ssh|ldap|bind|admin|my|mail|key|store)pass)s?$/u;

/** Together with `key` these name a secret; `key` alone may be that of a map or of a cache. */
const keyOf: ReadonlySet<string> = new Set(
  'api access secret private encryption encrypt enc signing sign signature master account auth app session jwt hmac aes license licence shared ssh service storage deploy admin crypt cipher webhook consumer subscription instrumentation data recovery unseal root wg wireguard preshared ps psk registration agent function host ingest write read'.split(
    ' ',
  ),
);

/** What makes a name that of something around a secret, and not of the secret. */
const around: ReadonlySet<string> = new Set(
  'file files path dir folder name names id ids type length len size bits count limit max min num ttl age expiry expires policy algorithm alg algo url uri endpoint host port version format enabled required method mode prefix authentication attempts timeout interval fingerprint public pub driver provider bucket usage bytes'.split(
    ' ',
  ),
);

const likely =
  /^(?:key|keys|auth|pass|pw|sig|signature|session|sid|pin|otp|totp|nonce|salt|seed|cookie|hmac|jwt|webhook|dsn|sas|bearer|authorization|mnemonic|pem|pfx|p12|keystore|sasl|community)$/u;

function certainty(words: readonly string[]): Secrecy {
  if (words.some((word) => certain.test(word) || /^(?:secret|password|passphrase)/u.test(word)))
    return 'certain';
  const isKey = words.some((word) => word === 'key' || word === 'keys');
  if (isKey && words.some((word) => keyOf.has(word))) return 'certain';
  // The access-key pair of a cloud: `AWS_SECRET`, `PASS`, `SMTP_PASS`.
  if (words.at(-1) === 'pass' && words.length > 1) return 'certain';
  return words.some((word) => likely.test(word)) ? 'likely' : 'none';
}

/** What the name of a setting, a flag, a field or a parameter says of its value. */
export function secrecyOf(name: string): Secrecy {
  const words = wordsOf(name);
  const found = certainty(words);
  const isAround = words.some((word) => around.has(word));
  return found === 'certain' && isAround ? 'likely' : found;
}

/** Whole values that nobody keeps secret, whatever their name is. */
const plain =
  /^(?:|true|false|null|nil|<nil>|undefined|yes|no|none|on|off|y|n|m|default|enabled|disabled|required|optional|unset|\d{1,3}|\*+|\(a private key\)|\$\{\w+(?::?\?[^}]*)?\}|\$\w+|<[\w -]+>|\[\]|\{\})$/iu;

/** Paths, digests, versions, sizes, times and addresses: what stands beside names such as `key` in logs. */
const ordinary =
  /^(?:[.~]?\/[\w./@:+-]*|sha(?:256|512):[0-9a-f]+|v?\d+(?:[.:]\d+)+\S{0,12}|\d{1,12} ?[a-zA-Z%/]{0,8}|0x[0-9a-f]+|\d{4}-\d\d-\d\d\S*|[0-9a-f:]*::?[0-9a-f:]+(?:\/\d+)?)[,.;]?$/iu;

const isMixed = (value: string): boolean =>
  value.length >= 8 && /\d/u.test(value) && /[A-Za-z]/u.test(value) && !/\s/u.test(value);

/** A value of that name must not be handed on. */
export function isSecretValue(secrecy: Secrecy, value: string): boolean {
  const bare = value.trim().replace(/^["']/u, '');
  if (secrecy === 'none' || plain.test(bare) || bare.startsWith('***')) return false;
  if (secrecy === 'certain') return true;
  const word = bare.split(/[\s,"']/u, 1)[0] ?? '';
  return isMixed(word) && !ordinary.test(word);
}
