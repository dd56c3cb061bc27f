import {afterEach, beforeAll, expect, test} from 'vitest';
import {dockerQuarantine} from '../../src/engines/docker/quarantine.js';
import type {Quarantine} from '../../src/engines/engine.js';
import {podmanQuarantine} from '../../src/engines/podman/quarantine.js';
import {CountingClient} from '../../src/lab/demo/redis-client.js';
import {runInHost} from '../../src/lab/host/ssh.js';
import {found} from '../planner/world.js';
import {begins} from './cm-run.js';
import {DockerRig} from './docker-rig.js';
import {describeLab, expectExit, expectWhole, must, type Rig} from './rig.js';

/** Long enough for what is tried meanwhile. */
const pause = `hooks: {afterRestore: {run: [sleep, "3"], on: runner}}`;

/** `$1` engine, `$2` container: by its name, by its ID, twice each; says when it could be started, and that it does not run. */
const tryText = `id=$("$1" container inspect --format '{{.Id}}' "$2")
for tried in "$2" "$id" "$2" "$id"; do
  if "$1" start "$tried" 2>>/tmp/why; then echo "started by $tried"; fi
done
if "$1" restart "$2" 2>>/tmp/why; then echo 'restarted'; fi
"$1" container inspect --format '{{.State.Running}}' "$2"
cat /tmp/why >&2; grep -c 'already exists' /tmp/why; rm -f /tmp/why`;

/** What somebody does who has seen that it hangs: begun before the freeze, this lasts until a start is refused. */
const impatientText = `tries=0
while "$1" start "$2" >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 500 ] || exit 1
done
"$1" container inspect --format '{{.State.Running}}' "$2"`;

interface Side {
  readonly engine: 'podman' | 'docker';
  /** Of the container of this ID. */
  readonly quarantine: (id: string) => Quarantine;
  readonly run: (name: string, last: number) => Promise<void>;
  readonly where: (name: string) => Promise<string>;
  readonly clean: () => Promise<void>;
  readonly clear: () => Promise<void>;
}

function body(rig: Rig, side: Side): void {
  const {engine} = side;

  afterEach(async () => {
    await side.clear();
  });

  // Each with an address of its own: the machine would look for it where it was last.
  let last = 20;
  const begin = async (): Promise<void> => {
    last += 1;
    await side.run('redis', last);
  };

  const plan = (strategy: string, hook = pause): Promise<string> =>
    rig.plan(
      'held',
      `containers:\n  redis: {on: beta, strategy: ${strategy}, verify: {tcp: 6379}, ${hook}}\n`,
    );

  const expectHeld = async (): Promise<void> => {
    expect(await rig.shell('alpha', tryText, engine, 'redis')).toBe('false\n5');
  };

  test('it is frozen: whoever starts it is refused, also who waits for that, and the move ends well', async () => {
    await begin();
    const client = must(await CountingClient.start(rig.ip(last)));
    const run = rig.begin(['apply', await plan('stateful'), '--yes', '--json']);
    await run.until(begins('redis/freeze'));
    expect(await rig.shell('alpha', impatientText, engine, 'redis')).toBe('false');
    await run.until(begins('redis/restore'));
    await expectHeld();
    const ended = await run.ended;
    expectExit(ended, 0);
    expect(await side.where('redis')).toBe('beta running');
    expectWhole(await client.stop());
    await side.clean();
  });

  test('it is frozen, and the runner was killed: the same, until the next run ends it', async () => {
    await begin();
    const client = must(await CountingClient.start(rig.ip(last)));
    const file = await plan('stateful', 'connections: keep');
    const run = rig.begin(['apply', file, '--yes', '--json']);
    await run.until(begins('redis/restore'));
    run.signal('SIGKILL');
    await run.ended;
    await expectHeld();
    await rig.pass();
    expectExit(await rig.apply(file), 0);
    expect(await side.where('redis')).toBe('beta running');
    expectWhole(await client.stop());
    await side.clean();
  });

  test('it is stopped: whoever starts it is refused, with or without a runner', async () => {
    await begin();
    const file = await plan('cold');
    const run = rig.begin(['apply', file, '--yes', '--json']);
    await run.until(begins('redis/start'));
    await expectHeld();
    run.signal('SIGKILL');
    await run.ended;
    await expectHeld();
    await rig.pass();
    expectExit(await rig.apply(file), 0);
    expect(await side.where('redis')).toBe('beta running');
    await side.clean();
  });

  test.each(['stateful', 'cold'])('taken back, it can be started: %s', async (strategy) => {
    await begin();
    const broken = 'hooks: {afterRestore: {run: ["false"], on: runner}}';
    const ended = await rig.apply(await plan(strategy, broken));
    expect(ended.exit).toBe(1);
    expect(await side.where('redis')).toBe('alpha running');
    await side.clean();
    await rig.shell('alpha', '"$1" stop "$2" >/dev/null; "$1" start "$2"', engine, 'redis');
    expect(await side.where('redis')).toBe('alpha running');
  });

  test('who was quicker is found; sent twice is as good as once', async () => {
    await begin();
    const inspect = '"$1" container inspect --format "{{.Id}}" redis';
    const {on, off} = side.quarantine(await rig.shell('alpha', inspect, engine));
    const sent = async ({argv}: typeof on): Promise<number> =>
      must(await runInHost(rig.lab, 'alpha', argv)).exitCode;
    const start = (): Promise<string> =>
      rig.shell('alpha', 'if "$1" start redis >/dev/null 2>&1; then echo started; fi', engine);
    expect(await sent(on)).toBe(73);
    await side.clean();
    await rig.shell('alpha', '"$1" stop redis >/dev/null', engine);
    for (const command of [on, on]) expect(await sent(command)).toBe(0);
    expect(await start()).toBe('');
    for (const command of [off, off]) expect(await sent(command)).toBe(0);
    await side.clean();
    expect(await start()).toBe('started');
    await rig.shell('alpha', '"$1" rm --force redis >/dev/null', engine);
    expect(await sent(on), 'nothing is there').toBe(0);
    await side.clean();
  });

  test.each(['stateful', 'cold'])('where nothing can be mounted it moves: %s', async (strategy) => {
    await begin();
    await rig.shell('alpha', noMount);
    const ended = await rig.apply(await plan(strategy, 'connections: keep'));
    await rig.shell('alpha', 'rm /usr/local/sbin/mount');
    expectExit(ended, 0);
    expect(await side.where('redis')).toBe('beta running');
    await side.clean();
  });
}

/** What refuses every mount to shells, and not to engines, which need no program for theirs. */
const noMount = `printf '#!/bin/sh\\necho refused >&2; exit 32\\n' > /usr/local/sbin/mount; chmod 755 /usr/local/sbin/mount; [ "$(command -v mount)" = /usr/local/sbin/mount ]`;

describeLab(
  'podman: a person who starts what is moving',
  {lab: 'held', images: ['redis']},
  (rig) => {
    body(rig, {
      engine: 'podman',
      quarantine: (id) => podmanQuarantine(found('redis', 'running', {id})),
      run: async (name, last) => {
        (await rig.redis('alpha', name, last)).close();
      },
      where: (name) => rig.where(name),
      clean: async () => {
        expect(await rig.leftovers()).toEqual([]);
      },
      clear: () => rig.clear(),
    });
  },
);

describeLab('docker: a person who starts what is moving', {lab: 'heldd', images: []}, (rig) => {
  const docker = new DockerRig(rig);
  beforeAll(async () => {
    await docker.start(['redis']);
  });
  body(rig, {
    engine: 'docker',
    quarantine: (id) => dockerQuarantine(found('redis', 'running', {id})),
    run: async (name, last) => {
      (await docker.redis('alpha', name, last)).close();
    },
    where: (name) => docker.where(name),
    clean: () => docker.expectClean(),
    clear: () => docker.clear(),
  });
});
