import {imageName, type SampleImage} from '../../src/lab/lab.js';
import type {RedisConnection} from '../../src/lab/demo/redis.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import type {Rig} from './rig.js';

/** How a bundle of the tests comes by its network. */
export type Network =
  /** A hook of config.json makes it a macvlan device. */
  | 'hook'
  /** A namespace that was made before, the same on every host. */
  | 'named'
  /** The host's own. */
  | 'host'
  /** A namespace of its own with nothing in it. */
  | 'none';

/** What a person runs bundles with. */
export type Runtime = 'runc' | 'crun';

/** What a person writes who runs OCI bundles: a hook that the runtime starts, with the container's state as its input. */
const hookScript = `#!/bin/sh
set -eu
pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/')
ip link add cm-hook link eth0 type macvlan mode bridge
ip link set cm-hook address 02:00:00:00:01:$LAST netns "$pid" name eth0
exec nsenter -t "$pid" -n sh -euc 'ip link set lo up; ip address add "$1" dev eth0; ip link set eth0 up' hook "$ADDRESS"
`;

const namedText = `name=$1 address=$2 last=$3
ip netns add "$name"
ip netns exec "$name" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link add cm-named link eth0 type macvlan mode bridge
ip link set cm-named address "02:00:00:00:02:$last" netns "$name" name eth0
ip -n "$name" link set lo up
ip -n "$name" address add "$address" dev eth0`;

/** A bundle made of an image, as its `config.json` says it. */
const bundleText = `name=$1 image=$2 hook=$3 network=$4 last=$5 address=$6 runtime=$7; shift 7
bundle=/srv/$name
mkdir -p "$bundle/rootfs/files" "/srv/$name-data"
container=$(podman create -- "$image")
podman export "$container" | tar -C "$bundle/rootfs" -xf -
podman rm "$container" >/dev/null
cd "$bundle"
"$runtime" spec
jq --arg name "$name" --arg hook "$hook" --arg network "$network" --arg last "$last" --arg address "$address" '
  .process.terminal = false | .root.readonly = false |
  .process.args = $ARGS.positional |
  .mounts += [{destination: "/files", type: "bind", source: "/srv/\\($name)-data", options: ["rbind", "rw"]}] |
  .linux.namespaces |= map(select(.type != "network")) |
  if $network == "hook" then
    .linux.namespaces += [{type: "network"}] |
    .hooks.createRuntime = [{path: $hook, env: ["LAST=\\($last)", "ADDRESS=\\($address)", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]
  elif $network == "named" then .linux.namespaces += [{type: "network", path: "/run/netns/\\($name)"}]
  elif $network == "none" then .linux.namespaces += [{type: "network"}]
  else . end' config.json --args -- "$@" > config.new
mv config.new config.json`;

/** Where the hook of config.json is, on every host. */
export const hookPath = '/opt/hooks/cm-test';

export const runBundle =
  'cd /; "${2-runc}" --log /tmp/said run --detach --bundle "/srv/$1" "$1" </dev/null >/dev/null 2>&1 || { cat /tmp/said >&2; exit 1; }';

/** A bundle on alpha made of a sample image, which runs this program. */
export async function startBundle(
  rig: Rig,
  name: string,
  place: {
    readonly last: number;
    readonly network: Network;
    readonly image: SampleImage;
    readonly runtime?: Runtime;
  },
  program: readonly string[],
): Promise<void> {
  const {last, network, image, runtime = 'runc'} = place;
  const address = `${rig.ip(last)}/24`;
  if (network === 'named') {
    await rig.onAll(namedText, name, address, `${last}`);
    // Two hosts with one address answer each other's clients: it is up where the container is.
    await rig.shell('alpha', 'ip -n "$1" link set eth0 up', name);
  }
  await rig.onAll('mkdir -p "${1%/*}"; printf %s "$2" > "$1"; chmod +x "$1"', hookPath, hookScript);
  await rig.shell(
    ...(['alpha', bundleText, name, imageName(image), hookPath, network, `${last}`] as const),
    ...[address, runtime, ...program],
  );
  await rig.shell('alpha', runBundle, name, runtime);
}

/** A redis in a bundle of its own on alpha, which answers. */
export async function redisBundle(
  rig: Rig,
  name: string,
  last: number,
  network: Network,
  program: readonly string[] = [],
): Promise<RedisConnection> {
  const words = ['redis-server', '--protected-mode', 'no', ...program];
  await startBundle(rig, name, {last, network, image: 'redis'}, words);
  return rig.redisAt(last);
}

/** The same hosts, with bundles on them. */
export const plan = (
  rig: Rig,
  name: string,
  text: string,
  runtime: Runtime = 'runc',
): Promise<string> =>
  rig.plan(
    name,
    text,
    hostsBlock(rig.lab).replaceAll('{address', `{engine: ${runtime}, address`) +
      `defaults: {allow: ["hook:${hookPath}"]}\n`,
  );

/** Where it is and what its runtime says of it there, such as `alpha paused, beta running`; with `restored` by `cm`'s mark. */
export async function where(rig: Rig, name: string): Promise<string> {
  const seen = await Promise.all(
    rig.hosts.map(async (host) => {
      const state = await rig.shell(
        host,
        `for runtime in runc crun; do
  "$runtime" state "$1" 2>/dev/null | jq -r .status || :
  [ ! -e "/run/$runtime/$1/cm-restored" ] || echo restored
done`,
        name,
      );
      return state === '' ? [] : [`${host} ${state.replaceAll('\n', ' ')}`];
    }),
  );
  return seen.flat().join(', ');
}

/** What `cm` must have taken away again; the state of bundles that are there is their own. */
export async function leftovers(rig: Rig, ...names: readonly string[]): Promise<readonly string[]> {
  const found = await rig.leftovers();
  const own = new Set(
    names.flatMap((name) => [`state: /run/runc/${name}`, `state: /run/crun/${name}`]),
  );
  return found.filter((line) => !own.has(line.slice(line.indexOf('state: '))));
}

/** No bundle, no namespace, no record anywhere. */
export async function clear(rig: Rig): Promise<void> {
  await rig.onAll(`for runtime in runc crun; do
  for state in "/run/$runtime"/*; do
    [ ! -e "$state" ] || "$runtime" delete --force "\${state##*/}"
  done
done
for netns in $(ip netns list | cut -d ' ' -f 1); do ip netns del "$netns"; done
ip link del cm-hook 2>/dev/null || :`);
  await rig.clear();
}
