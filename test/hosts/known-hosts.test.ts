import {createHmac, randomBytes} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  fingerprint,
  hostId,
  judge,
  keyType,
  knownTypes,
  parseKnownHosts,
} from '../../src/hosts/ssh/known-hosts.js';
import {limit} from '../rig/limits.js';

const word = (text: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
};
const makeKey = (type: string, fill: number): Buffer =>
  Buffer.concat([word(type), word('k'.repeat(31) + String.fromCharCode(65 + fill))]);

const [mine, other, rsa] = [
  makeKey('ssh-ed25519', 1),
  makeKey('ssh-ed25519', 2),
  makeKey('ssh-rsa', 3),
];
const line = (hosts: string, key: Buffer, marker = ''): string =>
  `${marker}${hosts} ${keyType(key) ?? ''} ${key.toString('base64')}`;
const hashed = (id: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(id).digest('base64')}`;
};

const table: [string, string, string, object][] = [
  ['plain', line('h', mine), 'h', {kind: 'match', at: 'f:1'}],
  ['plain, comment behind', `${line('h', mine)} me@there two`, 'h', {kind: 'match'}],
  ['leading blanks and tabs', `  ${line('h', mine).replaceAll(' ', '\t')}`, 'h', {kind: 'match'}],
  ['windows line end', `${line('h', mine)}\r\n`, 'h', {kind: 'match'}],
  ['upper case', line('HOST.Example', mine), 'host.example', {kind: 'match'}],
  ['one of a list', line('a,h,c', mine), 'h', {kind: 'match'}],
  ['an address of a list', line('h,10.0.0.1', mine), '10.0.0.1', {kind: 'match'}],
  ['another host', line('x', mine), 'h', {kind: 'unknown', otherTypes: []}],
  ['nothing', '', 'h', {kind: 'unknown'}],
  ['a comment', `# ${line('h', mine)}`, 'h', {kind: 'unknown'}],
  ['port', line('[h]:2222', mine), '[h]:2222', {kind: 'match'}],
  ['port 22 known does not vouch for another', line('h', mine), '[h]:2222', {kind: 'unknown'}],
  ['another port does not vouch for 22', line('[h]:2222', mine), 'h', {kind: 'unknown'}],
  ['IPv6', line('fe80::1', mine), 'fe80::1', {kind: 'match'}],
  ['star', line('*.example', mine), 'a.example', {kind: 'match'}],
  ['star with port', line('[*.example]:22*', mine), '[a.example]:2222', {kind: 'match'}],
  ['question mark', line('h?', mine), 'h1', {kind: 'match'}],
  ['question mark is one character', line('h?', mine), 'h', {kind: 'unknown'}],
  ['negated', line('*,!h', mine), 'h', {kind: 'unknown'}],
  ['negated first', line('!h,*', mine), 'h', {kind: 'unknown'}],
  ['negated another', line('*,!x', mine), 'h', {kind: 'match'}],
  ['only negated', line('!x', mine), 'h', {kind: 'unknown'}],
  ['hashed', line(hashed('h'), mine), 'h', {kind: 'match'}],
  ['hashed with port', line(hashed('[h]:2222'), mine), '[h]:2222', {kind: 'match'}],
  ['hashed, another', line(hashed('x'), mine), 'h', {kind: 'unknown'}],
  [
    'hashed, unknown version',
    line(hashed('h').replace('|1|', '|2|'), mine),
    'h',
    {kind: 'unknown'},
  ],
  ['changed', line('h', other), 'h', {kind: 'changed', at: 'f:1'}],
  ['changed, hashed', `\n${line(hashed('h'), other)}`, 'h', {kind: 'changed', at: 'f:2'}],
  ['one of two keys', `${line('h', other)}\n${line('h', mine)}`, 'h', {kind: 'match', at: 'f:2'}],
  ['another type only', line('h', rsa), 'h', {kind: 'unknown', otherTypes: ['ssh-rsa (f:1)']}],
  [
    'another type changed does not matter',
    `${line('h', rsa)}\n${line('h', mine)}`,
    'h',
    {kind: 'match'},
  ],
  ['revoked', line('*', mine, '@revoked '), 'h', {kind: 'revoked', at: 'f:1'}],
  [
    'revoked later',
    `${line('h', mine)}\n${line('h', mine, '@revoked ')}`,
    'h',
    {kind: 'revoked', at: 'f:2'},
  ],
  [
    'another one revoked',
    `${line('h', mine)}\n${line('h', other, '@revoked ')}`,
    'h',
    {kind: 'match'},
  ],
  [
    'authority',
    line('*.example', other, '@cert-authority '),
    'a.example',
    {kind: 'unknown', authorities: ['f:1']},
  ],
  [
    'an authority is no host key',
    line('h', mine, '@cert-authority '),
    'h',
    {kind: 'unknown', authorities: ['f:1']},
  ],
  ['unknown marker', line('h', mine, '@trusted '), 'h', {kind: 'unknown'}],
  ['type that does not fit', `h ssh-rsa ${mine.toString('base64')}`, 'h', {kind: 'unknown'}],
  ['base64 that is cut', line('h', mine).slice(0, -3), 'h', {kind: 'unknown'}],
  [
    'base64 with a stranger in it',
    line('h', mine).replace('AAAA', 'AA-AAA'),
    'h',
    {kind: 'unknown'},
  ],
  ['no key', 'h ssh-ed25519', 'h', {kind: 'unknown'}],
  ['SSH-1', 'h 1024 37 1234567', 'h', {kind: 'unknown'}],
  [
    'a broken line does not hide the next',
    `h garbage\n${line('h', mine)}`,
    'h',
    {kind: 'match', at: 'f:2'},
  ],
];

describe('known_hosts', () => {
  test.each(table)('%s', (_name, text, id, verdict) => {
    expect(judge(parseKnownHosts(text, 'f'), id, mine)).toMatchObject(verdict);
  });

  test('names hosts as OpenSSH does', () => {
    expect([hostId('H.example', 22), hostId('h', 2222), hostId('fe80::1', 22)]).toEqual([
      'h.example',
      '[h]:2222',
      'fe80::1',
    ]);
  });

  test('knows which types to ask for', () => {
    const known = parseKnownHosts(
      [line('h', rsa), line('x', mine), line('*', other, '@revoked ')].join('\n'),
      'f',
    );
    expect(knownTypes(known, 'h')).toEqual(['ssh-rsa']);
  });

  test('prints a fingerprint as ssh-keygen does', () => {
    expect(fingerprint(mine)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  test('says match only where the very key stands for the very host, whatever the file holds', () => {
    const piece = fc.oneof(
      fc.string({unit: 'binary'}),
      fc.constantFrom(
        'h',
        'x',
        '*',
        '?',
        '!h',
        '!*',
        'h,x',
        '|1|',
        hashed('x'),
        hashed('h').slice(0, -4),
        '@revoked',
        '@cert-authority',
        '#',
        'ssh-ed25519',
        'ssh-rsa',
        ' ',
        '\t',
        '\n',
        '\r',
        '=',
        rsa.toString('base64'),
        other.toString('base64'),
        mine.toString('base64').slice(0, -1),
        mine.toString('base64').toLowerCase(),
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, {maxLength: 30}), fc.boolean(), (pieces, spaced) => {
        const text = pieces.join(spaced ? ' ' : '');
        const verdict = judge(parseKnownHosts(text, 'f'), 'h', mine);
        expect(verdict.kind).not.toBe('match');
        // Nothing in front can hide a key that stands on a line of its own, except its revocation.
        const and = judge(parseKnownHosts(`${text}\n${line('h', mine)}\n${text}`, 'f'), 'h', mine);
        expect(['match', 'revoked']).toContain(and.kind);
      }),
      {numRuns: Number(process.env['FUZZ_RUNS'] ?? 2000)},
    );
  });

  test('takes no long time for a pattern that is made to', () => {
    const begun = performance.now();
    judge(parseKnownHosts(line(`${'*a'.repeat(500)}b`, mine), 'f'), 'a'.repeat(2000), mine);
    expect(performance.now() - begun).toBeLessThan(limit(0.5));
  });
});
