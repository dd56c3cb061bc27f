import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {command, script} from '../../src/base/command.js';
import {openDirectLink} from '../../src/hosts/link/direct-link.js';
import type {Receiver} from '../../src/hosts/link/link.js';
import {sshTransport} from '../../src/hosts/ssh/ssh.js';
import {limit} from '../rig/limits.js';
import {must} from './contract.js';
import {noSshd, startSshd} from './sshd.js';

const skipped = noSshd();

const names = Array.from({length: 5}, (_, index) => `folder-${index}`);

describe.skipIf(skipped !== undefined)(
  'a direct link to a server that opens few sessions a connection',
  {timeout: limit(60)},
  () => {
    test.each([1, 2])('MaxSessions %d: all streams at once, twice', async (most) => {
      const sshd = await startSshd(`MaxSessions ${most}`);
      const work = mkdtempSync('/tmp/cm-sessions-');
      const [from, to] = ['alpha', 'beta'].map((name) => sshTransport(sshd.host(name), sshd.env));
      if (from === undefined || to === undefined) throw new Error('two hosts');
      const toEndpoint = must(await to.endpoint());
      if (toEndpoint === undefined) throw new Error('a host behind ssh has an endpoint');
      const pairs = names.map((name): [string, string] => {
        const [source, target] = [join(work, name, 'source'), join(work, name, 'target')];
        mkdirSync(source, {recursive: true});
        mkdirSync(target);
        writeFileSync(join(source, 'file'), 'first');
        return [source, target];
      });
      const folders = names.map((name, index): [string, Receiver] => [
        name,
        {kind: 'folder', path: pairs[index]?.[1] ?? ''},
      ]);
      // It holds its session until all folders have arrived.
      const there = join(work, 'there');
      const waiting: Receiver = {
        kind: 'program',
        command: script('t', 'cat; until [ -e "$1" ]; do sleep 0.05; done', there),
      };
      const link = must(
        await openDirectLink({
          ...{from, to, toEndpoint, authorizedKeys: sshd.authorizedKeys, expiresInMs: 600_000},
          folder: `/run/cm/sessions${process.pid}/most${most}`,
          receivers: {memory: waiting, ...Object.fromEntries(folders)},
        }),
      );
      const sync = async (live: boolean): Promise<void> => {
        const synced = names.map((name, at) => link.sync(pairs[at]?.[0] ?? '', name, {live}));
        for (const each of await Promise.all(synced)) must(each);
      };
      await sync(true);
      for (const [source] of pairs) writeFileSync(join(source, 'file'), 'second');
      const sent = link.send(command('echo', 'pages'), 'memory');
      await sync(false);
      writeFileSync(there, '');
      expect(must(await sent).answer).toBe('pages');
      for (const [, target] of pairs)
        expect(readFileSync(join(target, 'file'), 'utf8')).toBe('second');
      expect(await link.close()).toEqual([]);
      await Promise.all([from.close(), to.close()]);
      sshd.close();
      rmSync(work, {recursive: true, force: true});
    });
  },
);
