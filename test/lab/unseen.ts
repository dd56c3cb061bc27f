import {expect} from 'vitest';
import {expectExit, type Rig} from './rig.js';

/** In a variable, a label and a key of several lines; nowhere else. */
const secret = 'hunter2-of-the-container';

/** What it was given, as words of `podman run` and `docker run`. */
export const secretWords: readonly string[] = [
  ...['--env', `PASSWORD=${secret}`, '--label', `token=${secret}`],
  ...['--env', `KEY=-----BEGIN\n${secret} "quoted" \\ $HOME\n`],
];

/**
 * In front of programs: at each call every command line of the host is looked through, and what every process outside of
 * a container has in its environment. What is looked for stands in a file, so that the look does not find itself. What is confined sees neither.
 */
const watchText = `printf '%s\\n' "$1" >/root/looked-for
shift
for program; do
  real=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$program") || continue
  cat >"/usr/local/bin/$program" <<END
#!/bin/sh
[ -e /root/looked-for ] || exec $real "\\$@"
for process in /proc/[0-9]*; do
  cat "\\$process/cmdline"
  echo
  [ ! "\\$process/ns/pid" -ef /proc/self/ns/pid ] || cat "\\$process/environ"
done 2>/dev/null | tr '\\\\0' ' ' | grep -aF -f /root/looked-for >>/root/found
echo "$program" >>/root/looks
exec $real "\\$@"
END
  chmod 755 "/usr/local/bin/$program"
done`;

const endText = `for program; do rm -f "/usr/local/bin/$program"; done
sort -u /root/looks
cat /root/found
rm -f /root/looked-for /root/looks /root/found`;

/** Moves a container there and back with its memory, then without, and looks for its secrets on both hosts meanwhile. */
export async function expectUnseen(rig: Rig, engine: 'podman' | 'docker'): Promise<void> {
  const programs = [engine, 'rsync', 'tar', 'ssh', 'curl', 'flock'];
  for (const host of rig.hosts) await rig.shell(host, watchText, secret, ...programs);
  try {
    for (const [to, strategy] of [
      ['beta', 'stateful'],
      ['alpha', 'cold'],
    ] as const) {
      const plan = await rig.plan(
        `unseen-${to}`,
        `containers:\n  app: {on: ${to}, strategy: ${strategy}}\n`,
      );
      expectExit(await rig.apply(plan), 0);
    }
  } finally {
    for (const host of rig.hosts) {
      const [looks, found] = await ended(rig, host, programs);
      expect(looks).toContain(engine);
      expect(looks).toContain('flock');
      expect(found).toEqual([]);
    }
  }
}

async function ended(
  rig: Rig,
  host: string,
  programs: readonly string[],
): Promise<readonly [looks: readonly string[], found: readonly string[]]> {
  const lines = (await rig.shell(host, endText, ...programs)).split('\n');
  return [
    lines.filter((line) => programs.includes(line)),
    lines.filter((line) => line !== '' && !programs.includes(line)),
  ];
}
