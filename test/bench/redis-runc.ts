import {imageName} from '../../src/lab/lab.js';
import {redisAddress} from '../../src/lab/demo/demo-redis.js';
import type {BenchLab} from './bench-lab.js';
import {container, type RedisKind} from './redis-rig.js';

const hookPath = '/opt/hooks/cm-bench';

/** What a person writes who runs OCI bundles: runc starts it, with the container's state as its input. */
const hookScript = `#!/bin/sh
set -eu
pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/')
ip link add cm-bench link eth0 type macvlan mode bridge
ip link set cm-bench address 02:00:00:00:00:20 netns "$pid" name eth0
exec nsenter -t "$pid" -n sh -euc 'ip link set lo up; ip address add "$1" dev eth0; ip link set eth0 up' hook "$ADDRESS"
`;

const prepareText = `mkdir -p "\${1%/*}"
printf %s "$2" > "$1"
chmod +x "$1"`;

const bundleText = `name=$1 image=$2 hook=$3 address=$4
bundle=/srv/$name
rm -rf -- "$bundle"
mkdir -p "$bundle/rootfs"
made=$(podman create -- "$image")
podman export "$made" | tar -C "$bundle/rootfs" -xf -
podman rm "$made" >/dev/null
cd "$bundle"
runc spec
jq --arg hook "$hook" --arg address "$address" '
  .process.terminal = false | .root.readonly = false |
  .process.args = ["redis-server", "--protected-mode", "no", "--save", ""] |
  .linux.namespaces |= map(select(.type != "network")) + [{type: "network"}] |
  .hooks.createRuntime = [{path: $hook, env: ["ADDRESS=\\($address)", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]' config.json > config.new
mv config.new config.json
cd /
runc --log /tmp/said run --detach --bundle "$bundle" "$name" </dev/null >/dev/null 2>&1 || { cat /tmp/said >&2; exit 1; }`;

/** A redis in a bundle, with an address of its own on the lab's wire. */
export const inRunc: RedisKind = {
  engine: 'runc',
  scripts: ['naive-runc'],
  prepare: async (lab: BenchLab) => {
    await lab.onAll(prepareText, hookPath, hookScript);
  },
  clear: `runc delete --force "$1" 2>/dev/null || :
ip link del cm-bench 2>/dev/null || :
rm -rf -- "/srv/$1" "/var/tmp/$1.img"`,
  start: async (lab) => {
    const address = `${redisAddress(lab.lab)}/24`;
    await lab.shell('alpha', bundleText, container, imageName('redis'), hookPath, address);
    return lab.connect(20);
  },
  where: 'runc state "$1" 2>/dev/null | jq -r .status || :',
};
