import {createHash, createHmac} from 'node:crypto';

/** One line of a known_hosts file that could be understood. */
export interface KnownHost {
  /** `file:line`, for messages. */
  readonly at: string;
  readonly marker: 'none' | 'revoked' | 'cert-authority';
  readonly hosts: readonly string[];
  /** Such as `ssh-ed25519`; the same word stands in the key itself. */
  readonly type: string;
  readonly key: Buffer;
}

export type Verdict =
  | {readonly kind: 'match'; readonly at: string}
  /** No key of this type is known; `otherTypes` says where keys of other types stand. */
  | {
      readonly kind: 'unknown';
      readonly otherTypes: readonly string[];
      /** Where a certificate authority stands that may have signed it; certificates are not read. */
      readonly authorities: readonly string[];
    }
  /** Another key of the same type is known, at `file:line`. */
  | {readonly kind: 'changed'; readonly at: string}
  | {readonly kind: 'revoked'; readonly at: string};

/** The type that stands in front of a key's bytes (RFC 4253 §6.6), or nothing when they are not a key. */
export function keyType(key: Buffer): string | undefined {
  if (key.length < 8) return undefined;
  const length = key.readUInt32BE(0);
  if (length === 0 || length > 64 || key.length < 4 + length) return undefined;
  const type = key.toString('latin1', 4, 4 + length);
  return /^[\x21-\x7e]+$/.test(type) ? type : undefined;
}

/** As OpenSSH prints it: `SHA256:` and base64 without padding. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** Base64 exactly as it is written, or nothing: Node itself skips what it does not know. */
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}

function parseLine(line: string, at: string): KnownHost | undefined {
  const words = line.trim().split(/[ \t]+/);
  let marker: KnownHost['marker'] = 'none';
  if (words[0]?.startsWith('@') === true) {
    const word = words.shift();
    if (word === '@revoked') marker = 'revoked';
    else if (word === '@cert-authority') marker = 'cert-authority';
    else return undefined;
  }
  const [hosts, type, base64] = words;
  if (hosts === undefined || type === undefined || base64 === undefined) return undefined;
  const key = fromBase64(base64);
  if (key === undefined || keyType(key) !== type) return undefined;
  return {at, marker, hosts: hosts.split(','), type, key};
}

/** Lines that cannot be understood make nothing known: they are left out. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  const known: KnownHost[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const entry = parseLine(line, `${file}:${index + 1}`);
    if (entry !== undefined) known.push(entry);
  }
  return known;
}

/** What a host is called in known_hosts: bare on port 22, else `[host]:port`. */
export const hostId = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** `*` and `?` as OpenSSH reads them; walked by hand, so that no pattern can take long. */
function matchesPattern(text: string, pattern: string): boolean {
  let [t, p, star, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p;
      p += 1;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      t += 1;
      p += 1;
    } else if (star >= 0) {
      resume += 1;
      t = resume;
      p = star + 1;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

function matchesHash(id: string, hashed: string): boolean {
  const [, version, salt = '', hash = '', ...more] = hashed.split('|');
  const [saltBytes, hashBytes] = [fromBase64(salt), fromBase64(hash)];
  if (version !== '1' || more.length > 0 || saltBytes === undefined || hashBytes === undefined)
    return false;
  return createHmac('sha1', saltBytes).update(id).digest().equals(hashBytes);
}

function matchesHost(id: string, hosts: readonly string[]): boolean {
  let found = false;
  for (const host of hosts) {
    if (host.startsWith('|')) found ||= matchesHash(id, host);
    else if (host.startsWith('!')) {
      if (matchesPattern(id, host.slice(1).toLowerCase())) return false;
    } else if (host !== '') found ||= matchesPattern(id, host.toLowerCase());
  }
  return found;
}

/**
 * Whether the key that a server showed is the one that is known for it. `id` is from {@link hostId}.
 * A revocation wins over everything, wherever it stands.
 */
export function judge(known: readonly KnownHost[], id: string, key: Buffer): Verdict {
  const type = keyType(key);
  const mine = known.filter(({hosts}) => matchesHost(id, hosts));
  const revoked = mine.find((entry) => entry.marker === 'revoked' && entry.key.equals(key));
  if (revoked !== undefined) return {kind: 'revoked', at: revoked.at};
  const keys = mine.filter(({marker}) => marker === 'none');
  const match = keys.find((entry) => entry.key.equals(key));
  if (match !== undefined) return {kind: 'match', at: match.at};
  const changed = keys.find((entry) => entry.type === type);
  if (changed !== undefined) return {kind: 'changed', at: changed.at};
  return {
    kind: 'unknown',
    otherTypes: keys.map((entry) => `${entry.type} (${entry.at})`),
    authorities: mine.filter(({marker}) => marker === 'cert-authority').map(({at}) => at),
  };
}

/** The types of the keys known for a host, so that the server can be asked for one of these first. */
export const knownTypes = (known: readonly KnownHost[], id: string): string[] => [
  ...new Set(
    known
      .filter(({marker, hosts}) => marker === 'none' && matchesHost(id, hosts))
      .map(({type}) => type),
  ),
];
