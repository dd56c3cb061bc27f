import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Command} from '../../src/base/command.js';

/** Others' containers, images, tags, volumes and networks, by the words that commands name them with. */
export const precious: readonly string[] = [
  ...['precious', 'precious-data', 'precious-net', 'localhost/prod/db:1', 'prod/db:1'],
  'f'.repeat(64),
];

/**
 * What engines say that succeed at everything; what they are asked to make, they say they have made. Whoever has them
 * change what is another's, by its name or ID, leaves a file \`/objects/NAME\`.
 */
const engine = `#!/bin/sh
change=
case " $1 $2 " in
  *' exists '* | *' inspect '* | *' ls '* | ' ps '* | ' images '* | ' info '* | ' version '*) ;;
  *' rm '* | *' rmi '* | *' untag '* | *' tag '* | *' kill '* | *' stop '* | *' pause '* | *' update '* | *' restore '* | *' start '* | *' connect '* | *' disconnect '* | *' prune '* | *' rename '* | *' delete '* | *' resume '*) change=yes ;;
esac
for word; do
  ! grep -Fxq -- "$word" /precious 2>/dev/null || {
    [ -z "$change" ] || printf '%s\\n' "$*" >> "/objects/$(printf %s "$word" | tr / _)"
    case "$*" in *' exists '*) exit 0 ;; esac
  }
done
case "$*" in
  *'container exists'* | *'volume exists'*) exit 1 ;;
  *'volume inspect'*) echo /var/lib/volumes/one ;;
  *create*) printf '%064d\\n' 1 ;;
  *UpperDir*) echo /var/lib/upper ;;
  *StaticDir*) echo /var/lib/static ;;
  *inspect*) echo 0 ;;
esac
exit 0
`;

/**
 * Runs commands on a copy of this machine's file system that lasts for the call: another root, of which only changes are
 * written down, and a PID namespace. Each folder `N` has `N.argv`, words that end with NUL, and `N.stdin`.
 */
const text = `work=$1 programs=$2
mount --make-rprivate /
mount -t tmpfs none "$work"
mkdir -p "$work/up" "$work/work" "$work/root"
mount -t overlay none -o "lowerdir=/,upperdir=$work/up,workdir=$work/work" "$work/root"
cd "$work/root"
mount -t proc none proc
mount -t tmpfs none dev
for each in null zero urandom full; do : > "dev/$each"; mount --bind "/dev/$each" "dev/$each"; done
for name in podman docker runc crun nft ip rsync ssh criu systemctl nsenter podman-remote; do cp "$programs/engine" "usr/local/bin/$name"; chmod 755 "usr/local/bin/$name"; done
mkdir -p root/precious root/.ssh var/lib/volumes/one var/lib/upper var/lib/static run/cm run/runc srv etc/cron.d objects
echo data > root/precious/file
echo 'ssh-ed25519 AAAA admin' > root/.ssh/authorized_keys
cp "$programs/precious" precious
# Processes of others: one that only its ID tells, one by the name of each runtime.
other() { chroot "$work/root" "/usr/local/bin/$1" "$2" "$3" </dev/null >/dev/null 2>&1 & echo "$1 $!" >> "$work/others"; }
for name in conmon containerd-shim sleeper; do printf '#!/bin/sh\\nwhile :; do read -r _ < /sleeps; done\\n' > "usr/local/bin/$name"; chmod 755 "usr/local/bin/$name"; done
mkfifo sleeps
exec 5<>sleeps
begin() {
  : > "$work/others"
  other conmon -c ${'f'.repeat(64)}
  other containerd-shim -id ${'f'.repeat(64)}
  other sleeper precious /root/precious
}
begin
list() { (cd "$work/up" && find . ! -type d -printf '%m %U %G %s %T@ ./%P -> %l\\n' | sort); }
list > "$work/before"
cut -f 1 "$programs/order" | uniq | while read -r variation; do
  for argv in "$programs/$variation".*.argv; do
    timeout -s KILL 4 chroot "$work/root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root /bin/sh -c 'xargs -0 sh -c '"'"'exec "$@" <"/proc/self/fd/3"'"'"' x' <"$argv" 3<"\${argv%.argv}.stdin" >/dev/null 2>&1 || :
  done
  list > "$work/after"
  diff "$work/before" "$work/after" | sed -n 's|^[<>] .* \\./|'"$variation"'	/|p' | sed 's| -> .*||' | sort -u
  mv "$work/after" "$work/before"
  ended=
  while read -r name pid; do
    kill -0 "$pid" 2>/dev/null || { ended=yes; printf '%s\\t/processes/%s\\n' "$variation" "$name"; }
  done < "$work/others"
  [ -z "$ended" ] || begin
done`;

/**
 * What the commands of each variation did, whatever their exit code was: files that they made, changed or removed, keys
 * among them; `/objects/NAME` for what of others an engine was told to change; `/processes/NAME` for processes that they ended.
 */
export function touchedBy(
  variations: readonly (readonly Command[])[],
): readonly (readonly [number, string])[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'cm-hostile-'));
  const work = path.join(folder, 'work');
  mkdirSync(work);
  try {
    writeFileSync(path.join(folder, 'engine'), engine);
    writeFileSync(path.join(folder, 'precious'), precious.map((each) => `${each}\n`).join(''));
    variations.forEach((commands, number) => {
      commands.forEach(({argv, stdin}, index) => {
        const name = path.join(folder, `${number}.${String(index).padStart(3, '0')}`);
        writeFileSync(`${name}.argv`, argv.map((word) => `${word}\0`).join(''));
        writeFileSync(`${name}.stdin`, stdin ?? '');
      });
    });
    writeFileSync(
      path.join(folder, 'order'),
      variations
        .flatMap((commands, number) => (commands.length > 0 ? [`${number}\n`] : []))
        .join(''),
    );
    const ran = spawnSync(
      '/usr/bin/unshare',
      [
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        '--net',
        '--ipc',
        '--uts',
        'sh',
        '-euc',
        text,
        'sandbox',
        work,
        folder,
      ],
      {encoding: 'utf8', maxBuffer: 2 ** 28},
    );
    if (ran.status !== 0) throw new Error(`the sandbox failed: ${ran.stderr}`);
    return ran.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [number = '', ...rest] = line.split('\t');
        return [Number(number), rest.join('\t')] as const;
      });
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
