import {afterEach, expect, test} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {describeLab, expectExit, type Rig} from './rig.js';
import {expectUnseen, secretWords} from './unseen.js';

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

/** What a source has no part in on its target: tags, networks, volumes, keys, files of the host and a process. */
const standing = `podman images --noheading --no-trunc --format '{{.ID}} {{.Names}}' | grep -v cm-lab/redis | sort
podman network ls --format '{{.Name}} {{.Driver}}' | sort
podman volume ls --quiet | sort
podman ps --all --format '{{.Names}}' | sort
cat /root/.ssh/authorized_keys
find /root /etc /usr/local /home /opt /var/spool /var/lib/cm -xdev -type f ! -name '*.lock' -exec sha256sum {} + | sort -k 2
readlink "/proc/$(cat /run/decoy)/exe"`;

const decoys = `mkdir -p /root/precious
echo data > /root/precious/file
podman image exists localhost/prod/db:1 || tar -cf - /etc/hostname 2>/dev/null | podman import --quiet - localhost/prod/db:1 >/dev/null
[ -e "/proc/$(cat /run/decoy 2>/dev/null)/exe" ] || { setsid sleep 98765 </dev/null >/dev/null 2>&1 & echo $! > /run/decoy; }`;

describeLab('a source that lies', {lab: 'hostile', images: ['redis']}, (rig) => {
  afterEach(async () => {
    await rig.onAll('rm -f /usr/local/bin/podman; rm -rf /root/precious /root/PWNED /srv/y');
    await rig.clear();
  });

  let before: string;
  const start = async (): Promise<void> => {
    await rig.redis('alpha', 'app', 27);
    await rig.shell('beta', decoys);
    before = await rig.shell('beta', standing);
  };
  const expectUntouched = async (): Promise<void> => {
    expect(await rig.shell('beta', standing)).toBe(before);
  };

  test.each(['../../root/precious', '/', '-', '.'])('an ID that is %s is refused', async (id) => {
    await start();
    await wrap(rig, lyingId(id));
    const plan = await rig.plan('lied', 'containers:\n  app: {on: beta, strategy: cold}\n');
    const ended = await rig.apply(plan);
    expectExit(ended, 14);
    expect(ended.stderr + ended.stdout).toContain('is not a container ID');
    await expectUntouched();
  });

  const hook = '{"createRuntime":[{"path":"/bin/sh","args":["sh","-c","id > /root/PWNED"]}]}';

  test.each([
    ['hooks', `sed -i '1s#{#{"hooks":${hook},#' "$work/spec.dump"`, 'spec.dump has hooks'],
    [
      'a folder of the host',
      `sed -i '0,/"mounts": \\[/s##&{"destination":"/host","type":"bind","source":"/root","options":["rbind","rw"]},#' "$work/spec.dump"`,
      'it has bind:/root',
    ],
    [
      'paths to delete on the host',
      `echo '["/../../../../../../../../root/precious"]' > "$work/deleted.files"`,
      'deleted.files is no list of paths in the container',
    ],
    [
      'a file behind a link to the host',
      `cd "$(mktemp -d)"; ln -s /root out; tar -cf "$work/rootfs-diff.tar" out; rm out; mkdir out; echo evil > out/PWNED; tar -cf two out/PWNED; tar -Af "$work/rootfs-diff.tar" two`,
      'rootfs-diff.tar: ',
    ],
  ])('an archive with %s is not restored', async (_, edit, said) => {
    await start();
    await wrap(rig, tampering(edit));
    const plan = await rig.plan('changed', 'containers:\n  app: {on: beta, strategy: stateful}\n');
    const ended = await rig.apply(plan);
    expect(ended.stderr + ended.stdout).toContain(said);
    expectExit(ended, 1);
    await expectUntouched();
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

  test('a bind that is a link to the files of the target is not had by a copy', async () => {
    const made = `mkdir /srv/y; echo mine > /srv/y/file; podman run --detach --stop-timeout 1 --name app --volume /srv/y:/x "$1" >/dev/null`;
    await rig.shell('alpha', made, imageName('redis'));
    const state = `find /root/precious -type f -exec sha256sum {} +`;
    await rig.shell('beta', 'mkdir -p /root/precious; echo data > /root/precious/file');
    const before = await rig.shell('beta', state);
    const link = '[ln, -sfnT, /root/precious, /srv/y]';
    const plan = async (policy: string, hooks = ''): Promise<string> =>
      rig.plan(
        'linked',
        `containers:\n  app: {on: beta, strategy: cold, volumes: {/x: ${policy}}${hooks}}\n`,
      );
    await rig.shell('beta', 'ln -s /root/precious /srv/y');
    for (const policy of ['overwrite', 'shared']) {
      const refused = await rig.apply(await plan(policy));
      expectExit(refused, 14);
      expect(refused.stdout).toContain('bind:/root/precious (\\"/srv/y\\" leads there on beta)');
    }
    await rig.shell('beta', 'rm /srv/y');
    for (const at of ['before', 'beforeFreeze']) {
      const remove = at === 'before' ? '' : `{run: [rm, -rf, /srv/y], on: target}, `;
      const late = await rig.apply(
        await plan('sync', `, hooks: {${at}: [${remove}{run: ${link}, on: target}]}`),
      );
      expectExit(late, 1);
      expect(late.stdout + late.stderr).toMatch(
        /leads to .*\/root\/precious|not the one that was prepared/,
      );
      expect(await rig.where('app')).toBe('alpha running');
      await rig.shell('beta', 'rm -rf /srv/y');
    }
    expect(await rig.shell('beta', state)).toBe(before);
  });

  test('no secret of it is seen on any host while it moves', async () => {
    const made = `podman run --detach --stop-timeout 1 --name app "$@" >/dev/null`;
    await rig.shell('alpha', made, ...secretWords, imageName('redis'));
    await expectUnseen(rig, 'podman');
  });

  test('an honest one is', async () => {
    await start();
    const changes =
      'mkdir -p /etc/new/deep; echo x > /etc/new/deep/f; chmod 4711 /etc/new/deep/f; ln -s f /etc/new/deep/l; rm -f /etc/group; echo s > /dev/shm/s';
    const seen = 'cd /etc; ls -ldn /etc new new/deep new/deep/*; ls; cat new/deep/l /dev/shm/s';
    await rig.shell('alpha', 'podman exec app sh -c "$1"', changes);
    const files = await rig.shell('alpha', 'podman exec app sh -c "$1"', seen);
    const plan = await rig.plan('honest', 'containers:\n  app: {on: beta, strategy: stateful}\n');
    expectExit(await rig.apply(plan), 0);
    expect(await rig.where('app')).toBe('beta running');
    expect(await rig.shell('beta', 'podman exec app sh -c "$1"', seen)).toBe(files);
  });
});
