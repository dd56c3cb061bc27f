import {afterEach, beforeAll, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {DirtyClient} from '../bench/dirty-client.js';
import type {Ended, Line} from './cm-run.js';
import {askDirty, checkDirty} from './dirty.js';
import {DockerRig} from './docker-rig.js';
import {expectExit, type Rig} from './rig.js';

const longestSeconds = 400;
const mib = 40;
const pages = mib * 256;

/** Pre-copy beneath docker, in virtual machines that track memory. */
export function testDockerRounds(rig: Rig): void {
  const docker = new DockerRig(rig);
  let moves = 0;

  beforeAll(async () => {
    await docker.start(['dirty']);
  });

  afterEach(async () => {
    await docker.clear();
  });

  /** 40 MiB that are written to all the time, with an address of their own on the wire. */
  const startDirty = async (last: number): Promise<void> => {
    const network = ['--network', 'lan', '--ip', rig.ip(last)];
    const program = [imageName('dirty'), 'dirty', `mib=${mib}`, 'rate=50', 'hot=1'];
    await docker.run('alpha', '--name', 'dirty', '--restart', 'always', ...network, ...program);
    await expect.poll(() => askDirty(rig.ip(last), 'count').catch(String)).toMatch(/^count=/);
  };

  const preCopy = async (to: string, more = ''): Promise<Ended> => {
    // Nothing is known of moves before: what they took may say that so little memory is not worth the rounds.
    rig.stateFolder = `state-docker-${(moves += 1)}`;
    const text = `limits: {bandwidth: 60Mbit}\ncontainers: {dirty: {on: ${to}, strategy: pre-copy, verify: {tcp: 7000}${more}}}\n`;
    const words = ['apply', await docker.plan(`to-${to}`, text), '--yes', '--json'];
    return rig.begin(words, {longestSeconds}).ended;
  };

  const roundsOf = ({lines}: Ended): readonly Line[] => lines.filter(({type}) => type === 'round');

  /** Moves what is at `address`, and returns what it has written by then. */
  const moveInRounds = async (to: string, address: string, written: number): Promise<number> => {
    const moved = await preCopy(to);
    expectExit(moved, 0);
    expect(await docker.where('dirty')).toBe(`${to} running`);
    expect(await docker.restored(to, 'dirty')).toBe(true);
    const rounds = roundsOf(moved);
    expect(rounds.length).toBeGreaterThan(1);
    expect(rounds[0]).toMatchObject({round: 1, skipped: 0});
    expect(rounds[0]?.['pages']).toBeGreaterThanOrEqual(pages);
    // What is sent while it does not serve is no more than what it writes to, with room to spare.
    const frozen = moved.lines.find(
      ({type, step, bytes}) =>
        type === 'step-settled' && step === 'dirty/freeze' && bytes !== undefined,
    );
    expect(Number(frozen?.['bytes'])).toBeLessThan(10 * 2 ** 20);
    const seen = await checkDirty(address);
    expect(seen).toMatchObject({pages, bad: 0, due: seen.memory});
    expect(seen.written).toBeGreaterThan(written);
    const arrived = await docker.see(to, 'dirty');
    expect(arrived?.HostConfig.RestartPolicy.Name).toBe('always');
    expect(await rig.shell(to, 'cat "/proc/$1/cgroup"', `${arrived?.State.Pid}`)).toContain(
      `${arrived?.Id}`,
    );
    await docker.expectClean();
    return seen.written;
  };

  test.each([
    ['there', 41, ['beta']],
    ['there and back', 43, ['beta', 'alpha']],
  ] as const)(
    'docker pre-copy: rounds while it runs, every page right %s, its client stays',
    async (_way, last, hosts) => {
      await startDirty(last);
      const client = await DirtyClient.open(rig.ip(last));
      let {written} = await checkDirty(rig.ip(last));
      for (const host of hosts) written = await moveInRounds(host, rig.ip(last), written);
      await client.stop();
    },
  );

  test('docker pre-copy: the restore fails after rounds: it goes on at the source from all of them', async () => {
    await startDirty(42);
    const client = await DirtyClient.open(rig.ip(42));
    const {written} = await checkDirty(rig.ip(42));
    const broken = 'mkdir -p /etc/criu; echo no-such-option > /etc/criu/runc.conf';
    const failed = await preCopy(
      'beta',
      `, hooks: {beforeFreeze: {run: [sh, -c, "${broken}"], on: target}}`,
    );
    expectExit(failed, 1);
    expect(roundsOf(failed).length).toBeGreaterThan(1);
    expect(await docker.where('dirty')).toBe('alpha running');
    expect(await docker.restored('alpha', 'dirty')).toBe(true);
    const seen = await checkDirty(rig.ip(42));
    expect(seen).toMatchObject({pages, bad: 0, due: seen.memory});
    expect(seen.written).toBeGreaterThan(written);
    await client.stop();
    await rig.shell('beta', 'rm -r /etc/criu');
    await docker.expectClean();
  });
}
