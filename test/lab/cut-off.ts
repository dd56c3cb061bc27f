import {afterEach, beforeEach, expect, test} from 'vitest';
import {checkFill} from '../../src/lab/demo/demo-redis.js';
import type {RedisConnection} from '../../src/lab/demo/redis.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import type {Ended} from './cm-run.js';
import {expectExit, expectWhole, must, type Rig} from './rig.js';

/** A redis of one engine, by this name, with a folder of the host mounted into it. */
interface Redis {
  readonly name: string;
  /** On alpha, at an address of the lab's wire that ends so, and answering. */
  readonly run: (last: number) => Promise<RedisConnection>;
  /** A folder, the same on every host. */
  readonly folder: string;
  /** Prints the number of its first process. */
  readonly pid: string;
  readonly where: () => Promise<string>;
  readonly on: {readonly alpha: string; readonly beta: string};
  readonly plan: (text: string) => Promise<string>;
  /** What `cm` must have taken away again. */
  readonly expectClean: () => Promise<void>;
  readonly clear: () => Promise<void>;
}

/** What CRIU calls at each stage of a dump. */
const stages = '/usr/local/bin/cm-test-stages';
const stagesText = `mkdir -p /etc/criu
printf '#!/bin/sh\\n%s\\n' "$2" > "$1"
chmod +x "$1"
echo "action-script $1" > /etc/criu/default.conf`;
/** The memory is written, the network is locked, and it is not over for three seconds. */
const slow = '[ "$CRTOOLS_SCRIPT_ACTION" != post-dump ] || { sleep 3; : > /run/dumped; }';
/** Killed while it writes the memory; where that is streamed from pipes, as soon as all of it is written. */
const deadly = `criu=$PPID
case $CRTOOLS_SCRIPT_ACTION in
  network-lock) (
    while kill -0 "$criu"; do
      [ -z "$(find "$CRTOOLS_IMAGE_DIR/" -name 'pages-*.img' -size +10M)" ] || kill -KILL "$criu"
      sleep 0.01
    done
  ) </dev/null >/dev/null 2>&1 & ;;
  post-dump) kill -KILL "$criu" ;;
esac`;
const fastText = 'rm -rf /etc/criu "$1"';

const lockText = (pid: string): string => `pid=$(${pid})
nsenter --net="/proc/$pid/ns/net" -- sh -c 'iptables-save; ip6tables-save; nft list ruleset' | grep CRIU || :`;

/** A dump that does not come to its end by itself. */
export function testCutOff(rig: Rig, engine: Redis): void {
  const {name, where, on, folder} = engine;
  // The machine remembers for a while who had an address.
  let last = 40;
  let redis: RedisConnection;
  let digest: string;
  let client: CountingClient;

  beforeEach(async () => {
    await rig.shell('alpha', 'rm -f /run/dumped; mkdir -p "$1"', folder);
    last += 1;
    redis = await engine.run(last);
    digest = await rig.fill(redis, 100);
    client = must(await CountingClient.start(rig.ip(last)));
  });

  afterEach(async () => {
    await client.stop(0);
    redis.close();
    await rig.shell('alpha', fastText, stages);
    await rig.shell('beta', 'rm -f /usr/local/bin/rsync');
    await engine.clear();
  });

  const apply = async (more = ''): Promise<Ended> =>
    rig.apply(await engine.plan(`containers:\n  ${name}: {on: beta, strategy: stateful${more}}\n`));

  /** It serves on alpha, and its network is as it was. */
  const expectBack = async (): Promise<void> => {
    expect(await where()).toBe(on.alpha);
    expect(await rig.shell('alpha', lockText(engine.pid))).toBe('');
    await engine.expectClean();
    must(await checkFill(redis, digest, 1000));
  };

  const expectMoves = async (): Promise<void> => {
    expectExit(await apply(), 0);
    expect(await where()).toBe(on.beta);
    must(await checkFill(redis, digest, 1000));
    await engine.expectClean();
  };

  test('a folder fails to follow while the memory is on its way: nobody notices, and the next run moves it', async () => {
    const failed = await apply(`, hooks: {beforeFreeze: {run: [rmdir, ${folder}], on: target}}`);
    expectExit(failed, 1);
    expect(failed.stdout).toContain(folder);
    await expectBack();
    await expectMoves();
    expectWhole(await client.stop());
  });

  test('a folder fails to follow before CRIU has ended: that comes to its end first', async () => {
    await rig.shell('alpha', stagesText, stages, slow);
    const late = `printf '#!/bin/sh\nsleep 1; exit 1\n' > /usr/local/bin/rsync; chmod +x /usr/local/bin/rsync`;
    const sabotage = JSON.stringify(['sh', '-c', late]);
    const failed = await apply(`, hooks: {beforeFreeze: {run: ${sabotage}, on: target}}`);
    expectExit(failed, 1);
    expect(failed.stdout).toContain('sync-failed');
    expect(await rig.shell('alpha', 'ls /run/dumped')).toBe('/run/dumped');
    await rig.shell('alpha', fastText, stages);
    await rig.shell('beta', 'rm /usr/local/bin/rsync');
    await expectBack();
    await expectMoves();
    expectWhole(await client.stop());
  });
  test('CRIU is killed in the middle of the dump: it hears its clients again, and the next run moves it', async () => {
    await rig.shell('alpha', stagesText, stages, deadly);
    expectExit(await apply(), 1);
    await rig.shell('alpha', fastText, stages);
    // Connections that CRIU had in its hands are gone; what was acknowledged on them is not.
    redis.close();
    redis = await rig.redisAt(last);
    await expectBack();
    await expect.poll(() => client.counted.failure).toContain('ECONNRESET');
    const {last: counted} = await client.stop(0);
    expect(Number(must(await redis.ask('GET', 'count')))).toBeGreaterThanOrEqual(counted);
    expect(counted).toBeGreaterThan(0);
    client = must(await CountingClient.start(rig.ip(last)));
    await expectMoves();
    expectWhole(await client.stop());
  });
}
