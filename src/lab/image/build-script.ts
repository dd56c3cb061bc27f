import {dirtySource} from '../demo/dirty-source.js';

/**
 * Makes `$FINAL` with `rootfs/` and `images/`, once; standard output is progress. It runs in a mount
 * namespace of its own (a crash leaves no mounts) and under a lock, and what is not complete never has
 * the final name. Values come as environment variables.
 */
export const buildScript = String.raw`
[ ! -e "$FINAL" ] || exit 0
root=$BUILDING/rootfs
rm -rf "$BUILDING"
mkdir -p "$BUILDING/images"
# What failed is taken away; the mounts first, or their contents would go with it.
trap '[ ! -e "$root" ] || umount -R -l "$root" 2>/dev/null || true; rm -rf --one-file-system "$BUILDING"' EXIT

echo "installing the hosts' packages ($SUITE)"
mmdebstrap --quiet --variant=minbase --include="$PACKAGES" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' "$SUITE" "$root" "$MIRROR" >&2

mount --bind "$root" "$root" # podman wants its root to be a mount when it unpacks a layer
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true

echo "installing CRIU ($NEWER)"
echo "deb $MIRROR $NEWER main" > "$root/etc/apt/sources.list.d/newer.list"
printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$NEWER" > "$root/etc/apt/preferences.d/newer"
chroot "$root" sh -euc '
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o Acquire::Check-Valid-Until=false update -qq
  apt-get install -qy --no-install-recommends -t "$NEWER" $NEWER_PACKAGES
  apt-get clean
  apt-get install -qy --no-install-recommends --download-only redis-server
  cd /var/cache/apt/archives
  apt-get -q download tcc musl-dev' >&2

# pids_limit needs a cgroup v2 controller that a machine on cgroup v1 does not have; runc, because crun
# replays v1 cpuset files at restore and is refused.
mkdir -p "$root/etc/containers" "$root/etc/docker" "$root/etc/ssh/sshd_config.d" "$root/opt/cm-lab/images"
cat > "$root/etc/containers/containers.conf" <<'CONF'
[containers]
pids_limit = 0
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
CONF
cat > "$root/etc/docker/daemon.json" <<'CONF'
{"experimental": true, "iptables": false, "ip6tables": false, "bridge": "none", "storage-driver": "overlay2"}
CONF
# Many short connections at once are a normal thing to test, and so are refused ones.
cat > "$root/etc/ssh/sshd_config.d/cm-lab.conf" <<'CONF'
HostKey /etc/ssh/ssh_host_ed25519_key
MaxStartups 100
MaxSessions 100
PerSourcePenalties no
UseDNS no
UsePAM no
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PrintLastLog no
CONF
# Each host has keys of its own, made before it starts.
rm -f "$root"/etc/ssh/ssh_host_*

echo 'making the sample images'
cat > "$root/tmp/dirty.c" <<'SOURCE'
${dirtySource}SOURCE
chroot "$root" sh -euc '
  deb=/tmp/deb; mkdir $deb
  for archive in /var/cache/apt/archives/*.deb; do dpkg -x "$archive" $deb; done
  base() {
    mkdir -p $1/usr/bin $1/usr/sbin $1/usr/lib $1/usr/lib64 $1/data $1/etc $1/proc $1/sys $1/dev $1/run $1/root
    mkdir -p -m 1777 $1/tmp
    for d in bin sbin lib lib64; do ln -s usr/$d $1/$d; done
    cp "$(command -v busybox)" $1/usr/bin/busybox
    for applet in $(busybox --list); do [ $applet = busybox ] || ln -s busybox $1/usr/bin/$applet; done
    echo root:x:0:0:root:/root:/bin/sh > $1/etc/passwd
    echo root:x:0: > $1/etc/group
  }
  base /tmp/busybox
  # It counts in memory, so that anybody sees whether it was moved or began anew. A bare sleep would end
  # at the restore: its system call is interrupted and busybox does not call again.
  printf "%s\n" "#!/bin/sh" "i=0" "while :; do i=\$((i + 1)); echo \$i > /data/count; sleep 1; done" > /tmp/busybox/usr/bin/count
  chmod 755 /tmp/busybox/usr/bin/count
  base /tmp/redis
  lib=$deb/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
  for program in redis-server redis-cli redis-benchmark; do
    cp -L $deb/usr/bin/$program /tmp/redis/usr/bin/
    LD_LIBRARY_PATH=$lib ldd $deb/usr/bin/$program | grep -o "/[^ ]*" | while read -r file; do
      to=/tmp/redis/$(echo "$file" | sed "s|^$deb/||; s|^/||")
      mkdir -p "$(dirname "$to")"
      [ -e "$to" ] || cp -L "$file" "$to"
    done
  done
  base /tmp/dirty
  musl=$deb/usr/lib/$(uname -m)-linux-musl
  tcc=$(echo $deb/usr/lib/*/tcc)
  $deb/usr/bin/tcc -B$tcc -static -nostdlib -nostdinc -I$tcc/include -I$deb/usr/include/$(uname -m)-linux-musl \
    -o /tmp/dirty/usr/bin/dirty $musl/crt1.o $musl/crti.o /tmp/dirty.c $musl/libc.a $tcc/libtcc1.a $musl/crtn.o
  pod() { podman --root /tmp/store --runroot /tmp/runroot --storage-driver vfs "$@"; }
  image() { # the name, what it runs; imported once, so that every host has the same image by ID
    tar -C /tmp/$1 -c . | pod import --quiet --change "WORKDIR /data" --change "CMD $2" - localhost/cm-lab/$1:1
    pod save --quiet --format docker-archive -o /opt/cm-lab/images/$1.tar localhost/cm-lab/$1:1
  }
  image busybox "[\"count\"]"
  image dirty "[\"dirty\"]"
  image redis "[\"redis-server\", \"--save\", \"\", \"--appendonly\", \"no\", \"--protected-mode\", \"no\"]"
  apt-get clean
  rm -rf /tmp/* /var/lib/apt/lists/* /run/*' >&2
mv "$root"/opt/cm-lab/images/*.tar "$BUILDING/images/"

umount -R "$root"
mv "$BUILDING" "$FINAL"
echo 'the root filesystem is ready'
`;
