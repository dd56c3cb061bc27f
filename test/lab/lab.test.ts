import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import type {Result} from '../../src/base/result.js';
import {startDocker} from '../../src/lab/image/docker.js';
import {
  build,
  down,
  findHost,
  labStatus,
  link,
  loadImage,
  openLab,
  reboot,
} from '../../src/lab/lab.js';
import {hostFolder, type Lab, sshConfigOf} from '../../src/lab/lab-state.js';
import {labNames} from '../../src/lab/names.js';
import {type LabPlace, labPlace} from '../../src/lab/place.js';
import {runInHost} from '../../src/lab/host/ssh.js';
import {up} from '../../src/lab/up.js';
import {remains} from './remains.js';
import {limit} from '../rig/limits.js';

const why =
  process.platform !== 'linux'
    ? 'it needs Linux'
    : process.getuid?.() !== 0
      ? 'it needs root'
      : undefined;

if (why !== undefined) {
  console.log(`the lab is not tested: ${why}`);
  test.runIf(process.env['CI'] !== undefined)('the lab can be tested where CI is set', () => {
    expect.unreachable(why);
  });
}

function must<T>(result: Result<T, Problem>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error, undefined, 2));
  return result.value;
}

const silent = (): void => undefined;
const one = `t${process.pid}-one`;
const two = `t${process.pid}-two`;

/** One line to a redis and its answer. */
const ask = (host: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({host, port: 6379, timeout: limit(5)}, () =>
      socket.write(`${line}\r\n`),
    );
    socket.once('data', (data) => {
      resolve(data.toString().trim());
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error(`${host} does not answer`)));
    socket.once('error', reject);
  });

describe.runIf(why === undefined)('labs side by side', {timeout: limit(60)}, () => {
  let state = '';
  let place: LabPlace;
  let lab: Lab;
  let other: Lab;

  const shell = async (
    of: Lab,
    host: string,
    text: string,
    ...values: string[]
  ): Promise<string> => {
    const {exitCode, stdout, stderr} = must(
      await runInHost(of, host, ['sh', '-euc', text, 'test', ...values]),
    );
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.trim();
  };

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'cm-lab-'));
    const env = {...process.env, XDG_STATE_HOME: state};
    place = must(labPlace({platform: process.platform, uid: process.getuid?.(), env}));
    must(await build(place, silent));
    [lab, other] = (
      await Promise.all([up(place, {lab: one, say: silent}), up(place, {lab: two, say: silent})])
    ).map(must) as [Lab, Lab];
  });

  afterAll(async () => {
    for (const name of [one, two]) await down(place, name);
    await rm(state, {recursive: true, force: true});
  });

  test('they have subnets of their own, and ssh checks strictly', async () => {
    expect(lab.subnet).not.toBe(other.subnet);
    const {stdout} = await execa('ssh', ['-F', sshConfigOf(lab), 'beta', 'hostname']);
    expect(stdout).toBe('beta');
    const strange = await execa(
      'ssh',
      ['-F', sshConfigOf(lab), '-o', `HostKeyAlias=alpha`, 'beta', 'true'],
      {reject: false},
    );
    expect(strange.stderr).toContain('Host key verification failed');
  });

  test('the words of a command stay what they are', async () => {
    const words = ['a b', "it's", '$HOME', '', '*'];
    const ran = must(await runInHost(lab, 'alpha', ['printf', '%s|', ...words]));
    expect(ran.stdout).toBe(words.map((word) => `${word}|`).join(''));
  });

  test('CRIU and podman are ready, and hosts reach each other but have no key', async () => {
    expect(await shell(lab, 'alpha', 'criu check')).toContain('Looks good');
    await shell(lab, 'alpha', 'ping -c1 -W2 "$1" >/dev/null', `${lab.subnet}.2`);
    await expect(
      shell(lab, 'alpha', 'ssh -o BatchMode=yes "$1" true', `${lab.subnet}.2`),
    ).rejects.toThrow('Host key verification failed');
  });

  test('up again changes nothing, and adds a host at the next address', async () => {
    const boot = 'cat /proc/1/stat';
    const before = await shell(lab, 'alpha', boot);
    lab = must(await up(place, {lab: one, hosts: ['gamma'], say: silent}));
    expect(lab.hosts.map(({name, index}) => [name, index])).toEqual([
      ['alpha', 1],
      ['beta', 2],
      ['gamma', 3],
    ]);
    must(await up(place, {lab: one, say: silent}));
    expect((await shell(lab, 'alpha', boot)).split(' ')[21]).toBe(before.split(' ')[21]);
    // A bench or a test that was killed leaves such mounts, and a host holds on to a disk with one for ever.
    const disk = join(hostFolder(lab, 'gamma'), 'disk', 'srv');
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'left', disk]);
    must(await down(place, one, ['gamma']));
    lab = must(await openLab(place, one));
    expect(findHost(lab, 'gamma').ok).toBe(false);
    expect((await remains(place, [one, two])).filter((line) => line.includes('gamma'))).toEqual([]);
  });

  test('a redis moves between hosts with its memory, its address and its connection', async () => {
    const ids = await Promise.all(
      ['alpha', 'beta'].map(async (host) => must(await loadImage(lab, host, 'redis'))),
    );
    expect(ids[0]).toBe(ids[1]);
    const ip = `${lab.subnet}.20`;
    await shell(
      lab,
      'alpha',
      'podman run -d --name redis --network lan --ip "$1" --mac-address 02:00:00:00:00:20 localhost/cm-lab/redis:1',
      ip,
    );
    await expect.poll(() => ask(ip, 'SET k moved').catch(String)).toBe('+OK');
    const open = connect({host: ip, port: 6379});
    const answer = async (line: string): Promise<string> => {
      open.write(`${line}\r\n`);
      return new Promise((resolve) =>
        open.once('data', (data) => {
          resolve(data.toString());
        }),
      );
    };
    expect(await answer('PING')).toBe('+PONG\r\n');

    await shell(
      lab,
      'alpha',
      'podman container checkpoint --tcp-established --compress none -e /srv/c.tar redis',
    );
    const config = ['-F', sshConfigOf(lab)];
    await execa('ssh', [...config, 'beta', 'cat > /srv/c.tar'], {
      input: execa('ssh', [...config, 'alpha', 'cat /srv/c.tar'], {
        encoding: 'buffer',
        buffer: false,
      }).stdout,
    });
    await shell(lab, 'beta', 'podman container restore --tcp-established -i /srv/c.tar');
    expect(await answer('GET k')).toBe('$5\r\nmoved\r\n');
    open.destroy();
  });

  test('a reboot loses memory and keeps disks', async () => {
    await shell(
      lab,
      'beta',
      'echo kept > /etc/kept; echo kept > /srv/kept; touch /tmp/lost /run/lost',
    );
    must(await reboot(place, lab, 'beta'));
    expect(await shell(lab, 'beta', 'cat /etc/kept /srv/kept; ls /tmp /run')).not.toContain('lost');
    expect(await shell(lab, 'beta', 'podman ps -aq --filter status=running')).toBe('');
  });

  test('docker starts when it is asked for, on the same network', async () => {
    must(await startDocker(lab, must(findHost(lab, 'alpha'))));
    expect(
      await shell(
        lab,
        'alpha',
        'docker network inspect lan --format "{{(index .IPAM.Config 0).Subnet}}"',
      ),
    ).toBe(`${lab.subnet}.0/24`);
  });

  test('a cut cable is a host that does not answer', async () => {
    must(await link(lab, 'beta', 'down'));
    expect(must(await labStatus(lab)).map(({cable}) => cable)).toEqual(['up', 'down']);
    const ran = await runInHost(lab, 'beta', ['true'], {timeoutMs: 1000});
    expect(ran.ok).toBe(false);
    must(await link(lab, 'beta', 'up'));
    expect(await shell(lab, 'beta', 'hostname')).toBe('beta');
  });

  test('a killed host is started again, with what was on its disk', async () => {
    await killHost(other, 'alpha');
    await expect.poll(async () => must(await labStatus(other))[0]?.runs).toBe(false);
    must(await up(place, {lab: two, say: silent}));
    expect(must(await labStatus(other)).map(({runs}) => runs)).toEqual([true, true]);
  });

  test('up and down work over what a crash left', async () => {
    await writeFile(join(other.folder, 'lab.json'), '{"name":');
    await killHost(other, 'beta');
    other = must(await up(place, {lab: two, say: silent}));
    expect(await shell(other, 'beta', 'hostname')).toBe('beta');
    await rm(join(other.folder, 'lab.json'));
    await rm(hostFolder(other, 'alpha'), {recursive: true, force: true});
    must(await down(place, two));
    expect((await remains(place, [one, two])).filter((line) => line.includes(two))).toEqual([]);
  });

  test('another state folder does not take over a lab of the same name', async () => {
    const elsewhere = {...place, stateRoot: join(state, 'elsewhere')};
    await mkdir(elsewhere.stateRoot);
    for (const result of [
      await up(elsewhere, {lab: one, say: silent}),
      await down(elsewhere, one),
    ]) {
      expect(result).toMatchObject({ok: false, error: {code: 'lab-elsewhere'}});
    }
  });

  test('down leaves nothing, and a second one finds nothing', async () => {
    expect(await remains(place, [one, two])).not.toEqual([]);
    must(await down(place, one));
    must(await down(place, two));
    expect(await remains(place, [one, two])).toEqual([]);
    expect(must(await down(place, one))).toEqual([]);
  });
});

async function killHost(of: Lab, host: string): Promise<void> {
  const mark = `${labNames(of.name).prefix}${host}`;
  const {stdout} = await execa('ip', ['netns', 'pids', mark]);
  await execa('kill', ['-KILL', ...stdout.split('\n')], {reject: false});
}
