import {afterEach, beforeEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {begins, type Ended} from './cm-run.js';
import {describeLab, expectExit} from './rig.js';

/** Two shells that count, one also into the writable layer. */
const counting = `
i=0
(j=0; while :; do j=$((j + 1)); echo $j >> /data/two; sleep 0.1; done) &
while :; do i=$((i + 1)); echo $i >> /data/one; echo $i >> /one; sleep 0.1; done`;

/** `$1` the container, `$2` its volume: 1, 2, 3, … in every file of it. */
const countedText = `cd "$(podman volume inspect --format '{{.Mountpoint}}' "$2")"
podman exec "$1" cat /one > "/run/three-$1"
for file in one two "/run/three-$1"; do
  cat "$file" > "/run/counted-$1"
  seq 1 "$(tail -n 1 "/run/counted-$1")" | cmp - "/run/counted-$1" >&2
done
tail -n 1 one`;

/** A podman that takes its time after a restore: whoever waits for one can be killed when what was restored runs already. */
const podman = '/usr/local/bin/podman';
const lateRestore = `#!/bin/sh
[ "$1 $2" = 'container restore' ] || exec /usr/bin/podman "$@"
/usr/bin/podman "$@"
sleep 3`;

describeLab('beside the first one', {lab: 'keptas', images: ['redis']}, (rig) => {
  let plan: string;

  const planned = async (more = ''): Promise<string> =>
    rig.plan('keptas', `containers:\n  count: {on: alpha, strategy: stateful${more}}\n`);

  const begin = async (...words: readonly string[]): Promise<Ended> =>
    rig.begin([...words, plan, '--yes', '--json']).ended;

  const counted = async (host: string, name: string, volume: string): Promise<number> =>
    Number(await rig.shell(host, countedText, name, volume));

  const volumes = async (host: string): Promise<string> =>
    rig.shell(host, 'echo $(podman volume ls --quiet)');

  const leftovers = async (): Promise<readonly string[]> =>
    (await rig.leftovers()).filter((line) => !/checkpoints\/count\/[0-9TZ]+-\w+\//.test(line));

  const run = async (...options: readonly string[]): Promise<void> => {
    await rig.shell(
      'alpha',
      'image=$1 text=$2; shift 2; podman run --detach --name count --restart=always --label "a=b\\"c" --volume data:/data "$@" -- "$image" sh -c "$text" >/dev/null',
      imageName('redis'),
      counting,
      ...options,
    );
    await expect.poll(async () => counted('alpha', 'count', 'data')).toBeGreaterThan(3);
  };

  beforeEach(async () => {
    plan = await planned();
  });

  afterEach(async () => {
    await rig.clear();
  });

  test('it goes on where it was, with volumes of its own, and the first one goes on by itself; also on another host', async () => {
    await run();
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const kept = await counted('alpha', 'count', 'data');
    const before = await rig.see('alpha', 'count');
    for (const [name, host] of [
      ['twin', 'alpha'],
      ['far.one', 'beta'],
    ] as const) {
      expectExit(await begin('restore', 'count@latest', '--as', name, '--on', host), 0);
      const seen = await rig.see(host, name);
      expect(seen).toMatchObject({restored: true, running: true, policy: 'always'});
      expect(seen?.raw).toMatchObject({Config: {Labels: {a: 'b"c'}}});
      const copied = await counted(host, name, `${name}-data`);
      await expect.poll(async () => counted(host, name, `${name}-data`)).toBeGreaterThan(copied);
    }
    const {id, startedAt} = before ?? {};
    expect(await rig.see('alpha', 'count')).toMatchObject({id, startedAt, running: true});
    expect(await counted('alpha', 'count', 'data')).toBeGreaterThan(kept);
    expect(await volumes('alpha')).toBe('data twin-data');
    expect(await volumes('beta')).toBe('far.one-data');

    const again = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(again, 14);
    expect(again.stdout).toContain('name-taken');

    // CRIU would have put the copy into the first one's cgroup, and the end of that one would be its end.
    await rig.shell('alpha', 'podman rm --force --time 0 count >/dev/null');
    const alone = await counted('alpha', 'twin', 'twin-data');
    await expect.poll(async () => counted('alpha', 'twin', 'twin-data')).toBeGreaterThan(alone);
    expect(await leftovers()).toEqual([]);
  });

  test('what does not answer is gone again, with all that was made for it', async () => {
    await run();
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    plan = await planned(', verify: {exec: ["false"], within: 1s}');
    const failed = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(failed, 1);
    expect(failed.stdout).toContain('not-verified');
    expect(await rig.where('twin')).toBe('');
    expect(await volumes('alpha')).toBe('data');
    await counted('alpha', 'count', 'data');
    expect(await leftovers()).toEqual([]);
  });

  test('the runner is killed when it runs already: the next one removes it, and makes it anew', async () => {
    await run();
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    await rig.shell('alpha', `printf '%s\\n' "$1" > ${podman}; chmod +x ${podman}`, lateRestore);
    const words = ['restore', 'count@latest', '--as', 'twin'];
    const killed = rig.begin([...words, plan, '--yes', '--json']);
    await killed.until(begins('twin/restore'));
    await expect.poll(async () => rig.where('twin'), {timeout: 10_000}).toBe('alpha running');
    killed.signal('SIGKILL');
    await killed.ended;
    await rig.shell('alpha', `rm ${podman}`);
    const dead = await rig.see('alpha', 'twin');
    expect(dead?.policy).toBe('no');
    await rig.pass();
    expectExit(await begin(...words), 0);
    const seen = await rig.see('alpha', 'twin');
    expect(seen).toMatchObject({restored: true, running: true, policy: 'always'});
    expect(seen?.id).not.toBe(dead?.id);
    await counted('alpha', 'twin', 'twin-data');
    await counted('alpha', 'count', 'data');
    expect(await leftovers()).toEqual([]);
  });

  test('a fixed address is the first one’s: refused, and nothing is made', async () => {
    await run('--network', 'lan', '--ip', rig.ip(20));
    expectExit(await begin('checkpoint', 'create', 'count'), 0);
    const events = await rig.events();
    const refused = await begin('restore', 'count@latest', '--as', 'twin');
    expectExit(refused, 14);
    expect(refused.stdout).toContain('address-taken');
    expect(await rig.events()).toBe(events);
    expect(await leftovers()).toEqual([]);
  });
});
