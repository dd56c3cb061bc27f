import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {Redaction} from '../../src/diagnose/redact.js';
import {redactInspect, secretsOf} from '../../src/diagnose/redact-inspect.js';
import {limit} from '../rig/limits.js';

const clean = (text: string, secrets: readonly string[] = []) => new Redaction(secrets).clean(text);

// Put together here, so that nobody who looks for keys finds one.
const made = (...parts: readonly string[]): string => parts.join('');
const secret = made('hun', 'ter2-', 'x9Q');
const key = made(
  '-----BEGIN OPENSSH PRIV',
  'ATE KEY-----\n',
  'b3BlbnNzaC1rZXktdjEAAAAA\n',
  'AAAABG5vbmU=\n',
);
const end = made('-----END OPENSSH PRIV', 'ATE KEY-----');

const leaks: readonly (readonly [string, string])[] = [
  ['a private key', `a\n${key}${end}\nb`],
  ['a private key in JSON', JSON.stringify({key: `${key}${end}`})],
  ['a key that is cut off', `a\n${key}`],
  ['the rest of a key', `b3BlbnNzaC1rZXktdjEAAAAA\nAAAABG5vbmU=\n${end}\n`],
  ['an address', `postgres://app:${secret}@db.example/app`],
  ['an address with a token alone', `https://${secret}@git.example/x.git`],
  ['a header', `Authorization: Bearer ${secret}`],
  ['a basic header', `authorization: Basic ${secret}==`],
  ['a header in JSON', JSON.stringify({Authorization: `Bearer ${secret}`})],
  [
    'a header as a word of a command',
    `["curl", "-H", "Authorization: Bearer ${secret}", "https://x.example"]`,
  ],
  ['a cookie', `Cookie: session=${secret}; other=1`],
  ['a key of AWS', `id ${made('AKIA', 'IOSFODNN7EXAMPLE')} there`],
  ['a token of GitHub', made('ghp', '_0123456789abcdefghijABCDEFGHIJ012345')],
  ['a JWT', made('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0', '.c2lnbmF0dXJl')],
  ['a hash of a password', made('root:$6$', 'saltsalt$', 'abcdefghijklmnopqrstuvwxyz:19000:')],
  ['a setting', `DB_PASSWORD=${secret}`],
  ['a setting of YAML', `password: ${secret}`],
  ['a quoted setting', `api_key: "${secret}"`],
  ['JSON', JSON.stringify({nested: {dbPassword: secret}})],
  ['JSON in JSON', JSON.stringify({text: JSON.stringify({token: secret})})],
  ['a flag', `redis-server --requirepass ${secret} --port 1`],
  ['a flag with =', `app --api-token=${secret}`],
  ['a flag in JSON', JSON.stringify(['app', '--password', secret], undefined, 2)],
  ['an environment', `podman run -e MODE=${secret} --env=OTHER=${secret} x`],
  [
    'an environment in JSON',
    JSON.stringify(['podman', 'run', '--env', `MODE=${secret} and more`, 'x'], undefined, 1),
  ],
  ['redis.conf', `requirepass ${secret}`],
];

describe('what looks like a secret goes', () => {
  test.each(leaks)('%s', (_, text) => {
    const {text: left, count} = clean(text);
    for (const part of [
      secret,
      'b3BlbnNzaC1rZXktdjEAAAAA',
      'AAAABG5vbmU',
      'IOSFODNN7EXAMPLE',
      'abcdefghij',
      'c2lnbmF0dXJl',
      'saltsalt',
    ])
      expect(left).not.toContain(part);
    expect(count).toBeGreaterThan(0);
    // Nothing is left to be found.
    expect(clean(left)).toEqual({text: left, count: 0});
  });

  test.each(leaks.filter(([name]) => name.includes('JSON')))(
    'and JSON stays JSON: %s',
    (_, text) => {
      expect(() => JSON.parse(clean(text).text) as unknown).not.toThrow();
    },
  );
});

test.each([
  'root@10.78.1.2: fe80::1 2001:db8::7 02:00:00:00:00:14',
  'ssh://root@beta.example:22 and /var/lib/containers/storage/overlay-containers/ID/userdata/dump.log',
  '(00.111398) Error (criu/sk-inet.c:200): inet: Connected TCP socket, consider using --tcp-established option.',
  'sha256:0c1e0f5d2b8f7a6e5d4c3b2a19080706050403020100ffeeddccbbaa99887766',
  'runc version 1.1.15\ncommit: 1.1.15-0-g1e2f\nspec: 1.0.2-dev',
  'CONFIG_CHECKPOINT_RESTORE=y\nCONFIG_KEYS=y\nCONFIG_CRYPTO_USER_API_AEAD=m',
  'PasswordAuthentication no',
  '"Secrets": []',
  'podman container checkpoint --tcp-established --file-locks --keep -e /run/x.tar redis',
  '24 1 0:22 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw',
])('what helps stays: %s', (text) => {
  expect(clean(text)).toEqual({text, count: 0});
});

test('what is known to be a secret goes wherever it stands, in whatever form', () => {
  const odd = 'a "b" / c\\d';
  const text = [
    odd,
    JSON.stringify({x: `<${odd}>`}),
    `https://x.example/?q=${encodeURIComponent(odd)}`,
  ].join('\n');
  const {text: left, count} = clean(text, [odd]);
  expect(left).toBe('***\n{"x":"<***>"}\nhttps://x.example/?q=***');
  expect(count).toBe(3);
});

test('no known secret is ever left, whatever is around it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({minLength: 4, maxLength: 20, unit: 'binary'}), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.array(fc.string({maxLength: 20})),
      (secrets, around) => {
        const real = secrets.filter((each) => !'(a private key)***'.includes(each));
        const text = [...around, ...real, ...around].join(' ');
        const {text: left} = clean(text, real);
        for (const each of real) expect(left).not.toContain(each);
      },
    ),
  );
});

test('an environment loses its values, and those that tell something are told', () => {
  const inspected = redactInspect(
    JSON.stringify([
      {
        Id: 'abc',
        Config: {
          Env: [
            'PATH=/usr/bin',
            'MODE=production-7',
            `PASS=${secret}`,
            'container=podman',
            'EMPTY=',
            'URL=a=b=c',
          ],
          CreateCommand: [
            'podman',
            'run',
            '-e',
            'MODE=production-7',
            '--env=X=some-value',
            '-eY=other-value',
            '--env',
            'FROM_HOST',
            'image',
          ],
        },
        Process: {environment: {TOKEN: 'tok1'}},
        NetworkSettings: {IPAddress: '10.78.1.20'},
      },
    ]),
  );
  const text = JSON.stringify(inspected?.json);
  for (const value of [
    secret,
    'production-7',
    'some-value',
    'other-value',
    'tok1',
    'a=b=c',
    '/usr/bin',
  ])
    expect(text).not.toContain(value);
  for (const stays of ['MODE=***', 'EMPTY=***', 'FROM_HOST', '10.78.1.20', 'image'])
    expect(text).toContain(stays);
  const secrets = secretsOf(inspected?.variables ?? []);
  expect(secrets).toEqual(
    expect.arrayContaining([secret, 'production-7', 'some-value', 'other-value', 'tok1']),
  );
  for (const ordinary of ['/usr/bin', 'podman', '']) expect(secrets).not.toContain(ordinary);
});

test('labels, health commands and flags that are joined lose their values, too', () => {
  const inspected = redactInspect(
    JSON.stringify([
      {
        Config: {
          Labels: {'com.docker.compose.project': 'shop', 'traefik.auth': 'bob:pw-of-bob'},
          Annotations: {note: 'pw-in-note'},
          Healthcheck: {Test: ['CMD-SHELL', 'check --with pw-of-check'], Interval: 5},
          CreateCommand: [
            ...['podman', 'run', '-ite', 'A=pw-one', '-iteB=pw-two', '--label', 'x=pw-three'],
            ...['--label=y=pw-four', '--health-cmd', 'ask pw-five', '--health-cmd=ask pw-six'],
            ...['-l', 'com.docker.compose.service=web', 'image'],
          ],
        },
        State: {Health: {Status: 'healthy', FailingStreak: 0}},
        SecretEnv: {},
      },
    ]),
  );
  const text = JSON.stringify(inspected?.json);
  expect(text).not.toContain('pw-');
  for (const stays of ['shop', 'traefik.auth', 'CMD-SHELL', 'service=web', 'A=***', 'healthy'])
    expect(text).toContain(stays);
});

test('what is no JSON is not taken for clean', () => {
  expect(redactInspect('[{"Config": {"Env": ["A=')).toBeUndefined();
});

test('large texts that nearly are secrets take their time, and not more', () => {
  const texts = [
    '-----BEGIN PRIVATE KEY-----\n'.repeat(20_000),
    'AAAABBBBCCCCDDDD\n'.repeat(60_000),
    'password'.repeat(120_000),
    'a://'.repeat(250_000),
    'authorization: '.repeat(60_000),
    '--env '.repeat(160_000),
    '-token-'.repeat(140_000),
    'eyJ'.repeat(330_000),
    'x'.repeat(1_000_000),
    ' '.repeat(1_000_000),
    '\\"'.repeat(500_000),
  ];
  const began = performance.now();
  for (const text of texts) clean(text);
  // 11 MB, as many as eleven files of the archive can have.
  expect(performance.now() - began).toBeLessThan(limit(25));
});
