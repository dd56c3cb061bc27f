import {afterEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {describeLab, expectExit, type Rig} from './rig.js';

/** A program in front of the engine on a host: `$real` is the engine, and `$*` what it was asked. */
const wrapperText = `cat > "/usr/local/bin/$1" <<END
#!/bin/sh
real=$(command -v "$1")
$2
END
chmod 755 "/usr/local/bin/$1"`;

const wrap = async (rig: Rig, text: string): Promise<void> => {
  await rig.shell('alpha', wrapperText, 'podman', text);
};

/** Lies about the container's ID. */
const lyingId = (id: string): string =>
  `case "$*" in *inspect*) "$real" "$@" | sed -E 's#"Id": *"[0-9a-f]{64}"#"Id": "${id}"#' ;; *) exec "$real" "$@" ;; esac`;

/** Changes what podman archives of a checkpoint. */
const tampering = (edit: string): string => `"$real" "$@" || exit
case "$*" in *'container checkpoint'*'--export'*)
  while [ "$1" != --export ]; do shift; done
  work=$(mktemp -d)
  tar -C "$work" -xf "$2"
  ${edit}
  tar -C "$work" -cf "$2" . ;;
esac`;

describeLab('a source that lies', {lab: 'hostile', images: ['redis']}, (rig) => {
  afterEach(async () => {
    await rig.onAll('rm -f /usr/local/bin/podman; rm -rf /root/precious /root/PWNED');
    await rig.clear();
  });

  const start = async (): Promise<void> => {
    await rig.redis('alpha', 'app', 27);
    await rig.shell('beta', 'mkdir /root/precious; echo data > /root/precious/file');
  };

  test.each(['../../root/precious', '/', '-', '.'])('an ID that is %s is refused', async (id) => {
    await start();
    await wrap(rig, lyingId(id));
    const plan = await rig.plan('lied', 'containers:\n  app: {on: beta, strategy: cold}\n');
    const ended = await rig.apply(plan);
    expectExit(ended, 12);
    expect(ended.stderr + ended.stdout).toContain('is not a container ID');
    expect(await rig.shell('beta', 'cat /root/precious/file')).toContain('data');
  });

  const hook = '{"createRuntime":[{"path":"/bin/sh","args":["sh","-c","id > /root/PWNED"]}]}';

  test.each([
    ['hooks', `sed -i '1s#{#{"hooks":${hook},#' "$work/spec.dump"`, 'spec.dump has hooks'],
    [
      'a folder of the host',
      `sed -i '0,/"mounts": \\[/s##&{"destination":"/host","type":"bind","source":"/root","options":["rbind","rw"]},#' "$work/spec.dump"`,
      'it has bind:/root',
    ],
  ])('an archive with %s is not restored', async (_, edit, said) => {
    await start();
    await wrap(rig, tampering(edit));
    const plan = await rig.plan('changed', 'containers:\n  app: {on: beta, strategy: stateful}\n');
    const ended = await rig.apply(plan);
    expect(ended.stderr + ended.stdout).toContain(said);
    expectExit(ended, 1);
    expect(await rig.shell('beta', 'ls /root')).not.toContain('PWNED');
    expect(await rig.where('app')).toBe('alpha running');
  });

  test('a copy that could become root is made only where the plan says so', async () => {
    const made = `podman run --detach --stop-timeout 1 --name app --privileged --pid host --volume /usr/local/bin:/x "$1" >/dev/null`;
    await rig.shell('alpha', made, imageName('redis'));
    const plan = async (more: string) =>
      rig.plan(
        'root',
        `containers:\n  app: {on: beta, strategy: cold, volumes: {/x: shared}${more}}\n`,
      );
    const refused = await rig.apply(await plan(''));
    expectExit(refused, 14);
    const [line = ''] = /allow: [^\]]*\]/.exec(refused.stdout) ?? [];
    expect(line).toBe('allow: [privileged, host-pid, \\"bind:/usr/local/bin\\"]');
    const allowed = await plan(`, ${line.replaceAll('\\"', '"')}`);
    expect((await rig.cm('plan', allowed)).stdout).toContain(
      '"powers":["privileged","host-pid","bind:/usr/local/bin"]',
    );
    expectExit(await rig.apply(allowed), 0);
    expect(await rig.where('app')).toBe('beta running');
  });

  test('an honest one is', async () => {
    await start();
    const plan = await rig.plan('honest', 'containers:\n  app: {on: beta, strategy: stateful}\n');
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta running');
  });
});
