import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {bringUpText} from '../../src/engines/podman/bring-up.js';

const own = 'a'.repeat(64);
const refusal = (id: string): string =>
  `Error: unable to start container "${own}": IPAM error: requested ip address 10.78.1.20 is already allocated to container ID ${id}`;

/** It starts once the file of addresses is gone. */
const podman = `case "$1 $2" in
  'container inspect') echo ${own}; exit 0 ;;
  'ps --quiet') cat "$HERE/running"; exit 0 ;;
esac
echo "$*" >> "$HERE/asked"
[ -e "$HERE/ipam.db" ] || { echo up; exit 0; }
cat "$HERE/refusal" >&2
exit 125`;

describe.runIf(process.platform === 'linux')(
  'podman, which keeps an address from its own container',
  () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'cm-bring-up-'));
      await writeFile(join(folder, 'podman'), `#!/bin/sh\n${podman}\n`, {mode: 0o755});
      for (const file of ['ipam.db', 'running', 'asked']) await writeFile(join(folder, file), '');
      await writeFile(join(folder, 'refusal'), refusal(own));
    });
    afterEach(async () => {
      await rm(folder, {recursive: true, force: true});
    });

    const bringUp = async () => {
      const text = bringUpText.replace('/run/containers/networks', folder);
      const env = {PATH: `${folder}:${process.env['PATH'] ?? ''}`, HERE: folder};
      const script = `${text}\nname=$1; shift\nbring_up "$@"`;
      const ran = await execa('sh', ['-euc', script, 'cm', '-odd "name', 'start'], {
        env,
        reject: false,
      });
      const asked = await readFile(join(folder, 'asked'), 'utf8');
      return {code: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr, asked};
    };

    test('is told to begin anew with addresses where nothing runs', async () => {
      expect(await bringUp()).toEqual({
        ...{code: 0, stdout: 'up', stderr: ''},
        asked: 'start -- -odd "name\nstart -- -odd "name\n',
      });
    });

    test('is left alone where something runs, with what it said', async () => {
      await writeFile(join(folder, 'running'), 'b\n');
      expect(await bringUp()).toMatchObject({code: 125, stderr: refusal(own)});
      await expect(readFile(join(folder, 'ipam.db'))).resolves.toBeDefined();
    });

    test('is left alone where another container has the address', async () => {
      const other = refusal('b'.repeat(64));
      await writeFile(join(folder, 'refusal'), other);
      expect(await bringUp()).toMatchObject({code: 125, stderr: other});
      await expect(readFile(join(folder, 'ipam.db'))).resolves.toBeDefined();
    });
  },
);
