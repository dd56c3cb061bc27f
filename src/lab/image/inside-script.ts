/**
 * From the machine into a host's namespaces. The host has a cgroup of its own as the root of what it
 * sees: two hosts that run a container of the same ID, as they do in the middle of a migration, must
 * not share its cgroup and freezer. Its processes sit in a child of it, because a cgroup that hands
 * out controllers may hold none.
 */
export const enterScript = String.raw`
mkdir -p "$CGROUP/init"
echo 0 > "$CGROUP/cgroup.procs"
exec unshare --cgroup sh -euc '
  echo 0 > "$CGROUP/init/cgroup.procs"
  exec nsenter --net="$NETNS" unshare --mount --uts --ipc --pid --fork --kill-child sh -euc "$INSIDE"'
`;

/**
 * Makes the host's root and becomes its first process. In it $DIR is the host's folder, $ROOTFS and
 * $IMAGES come from the cache and are only read.
 */
export const insideScript = String.raw`
cd "$DIR"
mkdir -p lower up work root disk
# Relative names: a comma or a colon in a path would end an overlay option.
mount --bind "$ROOTFS" lower
n=0
until mount -t overlay overlay -o lowerdir=lower,upperdir=up,workdir=work root; do
  n=$((n + 1)); [ $n -lt 20 ] || exit 1; sleep 0.1 # the mount of the host's former life may still be going away
done
cd root
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 tmpfs run; mkdir -p run/lock run/sshd
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
mkdir -p dev/pts dev/shm dev/net
for d in null zero full random urandom tty fuse net/tun; do
  [ -e "/dev/$d" ] || continue
  touch "dev/$d"; mount --bind "/dev/$d" "dev/$d"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin; ln -s /proc/self/fd/1 dev/stdout; ln -s /proc/self/fd/2 dev/stderr
mount -t cgroup2 cgroup2 sys/fs/cgroup
for c in $(cat sys/fs/cgroup/cgroup.controllers); do
  (echo "+$c" > sys/fs/cgroup/cgroup.subtree_control) 2>/dev/null || true
done
# Engines refuse overlay on overlay: their stores, and /srv for anything big, are on the plain disk.
for d in var/lib/containers var/lib/docker srv; do
  mkdir -p "$d" "../disk/$d"; mount --bind "../disk/$d" "$d"
done
mkdir -p opt/cm-lab/images
mount --bind "$IMAGES" opt/cm-lab/images
mount -o remount,bind,ro opt/cm-lab/images
mkdir -p old
pivot_root . old # not chroot: CRIU walks the mounts up to a real root
umount -l /old
rmdir /old
hostname "$NAME"
echo "$NAME" > /etc/hostname
echo "127.0.0.1 localhost $NAME" > /etc/hosts
ip link set lo up # CRIU's own check needs it
# catatonit, because something must reap what conmon and runc leave behind.
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin catatonit -- /usr/sbin/sshd -D -e
`;
