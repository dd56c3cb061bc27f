import {script, type Command} from '../../base/command.js';
import type {ObservedContainer} from '../facts.js';

/**
 * Puts back what was there before, from `$scratch/throttled`; does nothing where that is not. A file
 * rather than memory, so that it also works after the runner has died.
 */
export const liftThrottle = `if [ -e "$scratch/throttled" ]; then
  { read -r group; read -r limit; } < "$scratch/throttled"
  [ ! -e "$group/cpu.max" ] || echo "$limit" > "$group/cpu.max" || :
  rm -f "$scratch/throttled"
fi`;

/**
 * `cpu.max` of the container's own cgroup (version 2). Never more than it was allowed before: a

/**
 * `cpu.max` of the container's own cgroup (version 2). Never more than it was allowed before: a
 * container with a lower limit keeps that. `group`: a command that prints the cgroup's path, from `$id`.
 */
const throttleText = (group: string): string => `id=$1 scratch=$2 percent=$3
umask 077
${liftThrottle}
[ "$percent" != '' ] || exit 0
group=/sys/fs/cgroup$(${group})
[ -e "$group/cpu.max" ] || group=\${group%/container}
[ -e "$group/cpu.max" ] || { echo 'the container has no "cpu.max": the host has no cpu controller of cgroup version 2' >&2; exit 69; }
read -r quota period < "$group/cpu.max"
[ "$quota" = max ] || [ $((quota * 100)) -gt $((period * percent)) ] || exit 0
printf '%s\\n' "$group" "$quota $period" > "$scratch/throttled.new"
mv "$scratch/throttled.new" "$scratch/throttled"
echo "$((percent * 1000)) 100000" > "$group/cpu.max"`;

/** Without a percentage: as much as before. */
export function throttleScript(
  {id, name}: ObservedContainer,
  scratch: string,
  group: string,
  percent?: number,
): Command {
  const title = percent === undefined ? `let ${name} run freely` : `hold ${name} to ${percent} %`;
  return script(title, throttleText(group), id, scratch, percent === undefined ? '' : `${percent}`);
}
