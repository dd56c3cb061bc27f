import type {Answers} from '../host/sections.js';
import {script, type Command} from '../../base/command.js';
import type {Memory, Pair} from '../engine.js';
import {weightIn} from '../host/weight-in.js';

/**
 * `settings COMMAND…`: what can be set in a network namespace, as `PATH:VALUE`. The command enters the
 * namespace. Settings of single devices are left out, which whoever makes the device sets; and keys.
 */
export const usualSettingsPart = `
settings() {
  within 15 "$@" find /proc/sys/net -type f -perm -200 ! -path '*/conf/[!ad]*' ! -path '*/neigh/*' ! -path '*/nf_log/*' ! -name '*_key' ! -name '*secret*' -exec grep -Hs . {} + 2>/dev/null || :
}
usual=
if has unshare && has nsenter; then usual=$(settings unshare --net --); fi`;

/** What differs from a new namespace of the same host. */
export const settingsPart = `
  section network-settings "$1"
  if [ -n "$usual" ] && [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]; then
    settings nsenter --net="/proc/$pid/ns/net" -- | grep -vxF -e "$usual" | head -n 200 || :
  fi`;

/** By path below `/proc/sys`: `net/core/somaxconn` → `777`. */
export type NetworkSettings = Readonly<Record<string, string>>;

/** The path becomes the name of a file on another host, so it must be a plain one below `net`. */
const plainPath = /^net(?:\/[A-Za-z0-9_-]{1,64}){1,6}$/;

export const readSettings = ({lines}: Answers): NetworkSettings =>
  Object.fromEntries(
    lines('network-settings').flatMap((line) => {
      const [, path = '', value = ''] =
        /^\/proc\/sys\/([^:]*):([\x20-\x7e\t]{1,200})$/.exec(line) ?? [];
      return plainPath.test(path) ? [[path, value] as const] : [];
    }),
  );

/** Never in the host's own namespace. What cannot be set fails the restore, which is undone. */
const setText = `engine=$1 name=$2 count=$3; shift 3
settings=
while [ "$count" -gt 0 ]; do
  settings="$settings$1
$2
"
  shift 2
  count=$((count - 1))
done
"$@"
pid=$("$engine" container inspect --format '{{.State.Pid}}' -- "$name")
[ "$pid" -gt 0 ] || { echo "$name does not run" >&2; exit 70; }
[ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ] || exit 0
printf %s "$settings" | nsenter --net="/proc/$pid/ns/net" -- sh -euc 'while IFS= read -r path; do
  IFS= read -r value
  if [ "$(cat "/proc/sys/$path" 2>/dev/null)" = "$value" ]; then continue; fi
  if printf "%s\\n" "$value" > "/proc/sys/$path"; then continue; fi
  echo "the network setting $path cannot be set to $value as it was on the source" >&2
  exit 70
done'`;

function setting(inner: Command, engine: string, name: string, settings: NetworkSettings): Command {
  const pairs = Object.entries(settings);
  return {
    ...inner,
    ...script(
      inner.title ?? `restore ${name}`,
      setText,
      ...[engine, name, `${pairs.length}`],
      ...pairs.flat(),
      ...inner.argv,
    ),
    ...(inner.timeoutMs !== undefined && {timeoutMs: inner.timeoutMs}),
  };
}

/**
 * CRIU brings back no setting of a network that the engine made, and engines set theirs only for a fresh
 * start (docker lets everybody use ports below 1024, for one): so they are set as soon as it is restored,
 * on the target and, when the move is undone, on the source.
 */
export function withNetworkSettings(engine: string, pair: Pair, memory: Memory): Memory {
  const {name} = pair.container;
  const settings = weightIn(pair.source, name)?.networkSettings ?? {};
  if (Object.keys(settings).length === 0) return memory;
  return {
    ...memory,
    restore: setting(memory.restore, engine, name, settings),
    resume: setting(memory.resume, engine, name, settings),
  };
}
