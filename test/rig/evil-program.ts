import {script, type Command} from '../../src/base/command.js';
import type {ShellHost} from './shell-host.js';

/** Reads and writes whatever it can reach of the test's folder, and then does what it should. */
const evilText = `#!/bin/sh
for folder in "$OUTSIDE/outside" "$OUTSIDE/scratch" "$OUTSIDE/scratch/t" "$OUTSIDE"; do
  cat "$folder/secret" 2>/dev/null >&2
  for file in evil receive store; do { echo evil >"$folder/$file"; } 2>/dev/null; done
done
echo "this \${0##*/} is evil" >&2
exec "$0.real" "$@"
`;

/**
 * Runs a command where a program of the host obeys what it reads from another one, as one with a fault might. `making` prints
 * what it is sent. Both have the folder of the host in `OUTSIDE`.
 */
export const withEvil = (
  host: ShellHost,
  program: string,
  {argv}: Command,
  making: string,
): Command =>
  script(
    '',
    `exec unshare -m --propagation private sh -euc '
upper=$1 evil=$2 making=$3 program=/usr/bin/$4
export OUTSIDE=$5
shift 5
mkdir -p "$upper"
cd "$OUTSIDE"
sh -euc "$making" > "$OUTSIDE/stream"
mount -t tmpfs cm "$upper"
mkdir "$upper/up" "$upper/work"
mount -t overlay -o "lowerdir=/usr,upperdir=$upper/up,workdir=$upper/work" cm /usr
cp "$program" "$program.real"
printf %s "$evil" > "$program"
exec "$@" < "$OUTSIDE/stream"' cm "$@"`,
    ...[host.at('/upper'), evilText, making, program, host.root, ...argv],
  );
