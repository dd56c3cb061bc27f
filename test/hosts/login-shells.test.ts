import {execFile} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {command, script} from '../../src/base/command.js';
import {openDirectLink} from '../../src/hosts/link/direct-link.js';
import {remoteLine} from '../../src/hosts/remote-line.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import type {Transport} from '../../src/hosts/transport.js';
import {failure, must} from './contract.js';
import {noSshd, startSshd, type Sshd} from './sshd.js';

const shells = ['dash', 'bash', 'zsh', 'fish', 'tcsh', 'bsd-csh'].filter((name) =>
  existsSync(`/usr/bin/${name}`),
);

test.runIf(process.env['CI'] !== undefined)('all login shells are there in CI', () => {
  expect(shells).toHaveLength(6);
});

const mark = '0123456789abcdef';
const run = promisify(execFile);

/** What a program gets when this login shell is asked to run it. */
async function through(shell: string, words: readonly string[]): Promise<readonly string[]> {
  const line = remoteLine(mark, ['printf', '%s\\0', ...words]);
  const env = {PATH: '/usr/bin:/bin', HOME: '/nonexistent'};
  const {stdout} = await run(shell, ['-c', line], {env, encoding: 'utf8', maxBuffer: 1 << 22});
  expect(stdout).toMatch(new RegExp(`^${mark} \\d+\\n`));
  return stdout
    .slice(stdout.indexOf('\n') + 1)
    .split('\0')
    .slice(0, -1);
}

const special = ["'", '\\', "\\'", "'\\''", '!', '!!', '"', '$', '$(id)', '`id`', '\n', '\r', '\t'];
const rest = ['', ' ', '*', '~', '{a,b}', '%s', '\\n', '\\0047', '^', '#', ';', '-n', 'é', '😀'];
const part = fc.oneof(
  fc.constantFrom(...special, ...rest),
  fc.string({unit: 'binary', maxLength: 8}).map((text) => text.replaceAll('\0', '')),
);
const word = fc
  .array(part, {maxLength: 12})
  .map((parts) => Buffer.from(parts.join(''), 'utf8').toString('utf8'));

describe.each(shells)('%s as login shell', (shell) => {
  test('hands every word over as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, {minLength: 1, maxLength: 60}), async (words) => {
        expect(await through(shell, words)).toEqual(words);
      }),
      {numRuns: Number(process.env['FUZZ_RUNS'] ?? 12)},
    );
  });

  test('takes a command of nearly the length that the kernel allows', async () => {
    const words = Array.from({length: 50}, (_, index) => `${index}`.repeat(1000));
    expect(await through(shell, words)).toEqual(words);
  });
});

test('the line is one line of printable characters, and no backslash is followed by a quote', () => {
  fc.assert(
    fc.property(word, (each) => {
      const line = remoteLine(mark, ['x', each]);
      expect(line).toMatch(/^[ -~]+$/);
      expect(line).not.toMatch(/\\['\\]|!/);
      expect(Math.max(...line.split("'").map(({length}) => length))).toBeLessThan(1024);
    }),
  );
});

const posix = 'echo Welcome; echo taken; echo oops >&2; PATH=/usr/bin:/bin; umask 077\n';
const csh = 'echo Welcome; echo taken; set path = (/usr/bin /bin); umask 077\n';

/** Files that print; some shells read none where they are given a command. */
const noise = {
  sh: ['.profile', posix],
  dash: ['.profile', posix],
  bash: ['.bashrc', posix],
  zsh: ['.zshenv', posix],
  fish: ['.config/fish/config.fish', posix.replace('PATH=/usr/bin:/bin; ', '')],
  tcsh: ['.tcshrc', csh],
  'bsd-csh': ['.cshrc', csh],
} as const;

/** sshd itself prints before it lets anybody in, and starts a file of the user's. */
const banner = 'Banner /etc/os-release';
const rc = {'.ssh/rc': 'echo Welcome from rc; echo oops >&2\n'};

describe.runIf(noSshd() === undefined)('a real sshd, and a login shell that prints', () => {
  const able = (Object.keys(noise) as (keyof typeof noise)[]).filter((name) =>
    [...shells, 'sh'].includes(name),
  );

  describe.each(able)('%s', (shell) => {
    let sshd: Sshd;
    let transport: Transport;
    beforeAll(async () => {
      const [file, text] = noise[shell];
      sshd = await startSshd(banner, {shell: `/usr/bin/${shell}`, home: {[file]: text, ...rc}});
      transport = sshTransport(sshd.host('alpha'), sshd.env);
    });
    afterAll(async () => {
      await transport.close();
      sshd.close();
    });

    test('its words are no part of an answer, nor is its environment', async () => {
      const asked = script('t', 'echo "$0 $1"; umask; echo "$LC_ALL"; echo "$PATH" >&2', "it's");
      const output = must(await transport.run(asked));
      expect(output.stdout).toBe("cm it's\n0022\nC\n");
      expect(output.stderr).toMatch(/^[^\n]*:\/usr\/local\/sbin:.*:\/usr\/sbin:.*\n$/);
    });

    test('input reaches the program alone, and streams begin with the program', async () => {
      const asked = {...command('cat'), stdin: 'echo this would be run\n'};
      expect(must(await transport.run(asked)).stdout).toBe('echo this would be run\n');
      const {stdin, stdout, ended} = must(await transport.start(command('cat')));
      stdin.end('bytes');
      let all = '';
      for await (const chunk of stdout) all += String(chunk);
      expect([all, must(await ended).code]).toEqual(['bytes', 0]);
    });

    test('a direct link copies a folder and sends a stream', async () => {
      const [from, to] = ['from', 'to'].map((name) => join(sshd.folder, name)) as [string, string];
      for (const folder of [from, to]) mkdirSync(folder);
      writeFileSync(join(from, "it's \\ here"), 'content');
      const toEndpoint = must(await transport.endpoint());
      if (toEndpoint === undefined) throw new Error('a host behind ssh has an endpoint');
      const link = must(
        await openDirectLink({
          from: transport,
          to: transport,
          toEndpoint,
          folder: `/run/cm/test${process.pid}/${shell}`,
          receivers: {
            files: {kind: 'folder', path: to},
            words: {kind: 'program', command: script('t', 'cat; echo "$1"', "it's")},
          },
          expiresInMs: 60_000,
          authorizedKeys: sshd.authorizedKeys,
        }),
      );
      must(await link.sync(from, 'files'));
      const sent = must(await link.send(script('t', 'echo "$1"', "isn't"), 'words'));
      expect(await link.close()).toEqual([]);
      expect(readFileSync(join(to, "it's \\ here"), 'utf8')).toBe('content');
      expect(sent.answer).toBe("it's");
    });
  });
});

describe.runIf(noSshd() === undefined)('a server that answers by something else', () => {
  const problemOf = async (extra: string, options: Parameters<typeof startSshd>[1] = {}) => {
    const sshd = await startSshd(extra, options);
    const transport = sshTransport(sshd.host('alpha'), sshd.env);
    const problem = failure(await transport.run({...command('true'), timeoutMs: 20_000}));
    await transport.close();
    sshd.close();
    return problem;
  };

  test('ForceCommand is named', async () => {
    const problem = await problemOf('ForceCommand echo "only backups here"; exit 3');
    expect(problem).toMatchObject({kind: 'unreachable', code: 'no-shell', host: 'alpha'});
    expect(problem?.remedy).toContain('ForceCommand');
    expect(problem?.log).toEqual(['only backups here']);
  });

  test('so is a login shell that is none', async () => {
    const problem = await problemOf('', {shell: '/usr/sbin/nologin'});
    expect(problem).toMatchObject({code: 'no-shell'});
    expect(problem?.log?.join(' ')).toContain('not available');
  });

  test('what an rc file starts in place of the command gets none of its input', async () => {
    const sshd = await startSshd('', {shell: '/usr/bin/bash', home: {'.bashrc': 'exec sh\n'}});
    const transport = sshTransport(sshd.host('alpha'), sshd.env);
    const ran = join(sshd.folder, 'ran');
    const asked = {...command('cat'), stdin: `touch ${ran}\n`, timeoutMs: 3000};
    expect(failure(await transport.run(asked))?.code).toBe('command-timed-out');
    await transport.close();
    expect(existsSync(ran)).toBe(false);
    sshd.close();
  });

  test('a program is ended also while its login shell still reads an rc file', async () => {
    const sshd = await startSshd('', {
      shell: '/usr/bin/bash',
      home: {'.bashrc': '[ -e ~/reads ] || { echo $$ >~/reads; while :; do sleep 0.1; done; }\n'},
    });
    const reads = join(sshd.folder, 'home/reads');
    const transport = sshTransport(sshd.host('alpha'), sshd.env);
    const stop = new AbortController();
    const running = transport.run(script('t', ': >"$1"', join(sshd.folder, 'ran')), {
      signal: stop.signal,
    });
    const pid = () => Number(existsSync(reads) ? readFileSync(reads, 'utf8') : '0');
    await expect.poll(pid).toBeGreaterThan(0);
    stop.abort();
    expect(failure(await running)?.code).toBe('interrupted');
    await expect.poll(() => existsSync(`/proc/${pid()}`)).toBe(false);
    await transport.close();
    sshd.close();
  });
});
