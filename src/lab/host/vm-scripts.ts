/**
 * The first program of a virtual machine, before its root: only the modules without which there is no disk
 * and no network. The kernel brings ext4 along.
 */
const initrdScript = String.raw`#!/bin/sh
/bin/busybox mount -t devtmpfs dev /dev
for module in virtio_blk failover net_failover virtio_net; do /bin/busybox insmod /lib/$module.ko; done
/bin/busybox mount -t ext4 -o rw,noatime,commit=1 /dev/vda /root
/bin/busybox mount -o move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/cm-lab-init
`;

/**
 * What makes the machine the same as a host of namespaces (see insideScript), then its first process. It is
 * short on purpose: under emulation each program that is started takes its time. Its variables come from the
 * kernel's command line, which hands on as environment what it does not know.
 */
const initScript = String.raw`#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -p /run/lock /run/sshd /dev/pts /dev/shm /dev/net
mount -t devpts -o ptmxmode=0666,mode=620 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin; ln -s /proc/self/fd/1 /dev/stdout; ln -s /proc/self/fd/2 /dev/stderr
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/init
echo $$ > /sys/fs/cgroup/init/cgroup.procs # a cgroup that hands out controllers may hold no processes
read -r controllers < /sys/fs/cgroup/cgroup.controllers
for c in $controllers; do echo "+$c" > /sys/fs/cgroup/cgroup.subtree_control; done
# A reboot is a power failure: little is to be lost by it, since hosts of namespaces lose nothing.
echo 10 > /proc/sys/vm/dirty_writeback_centisecs
echo 10 > /proc/sys/vm/dirty_expire_centisecs
modprobe tun # CRIU looks for it
# Keys and the like come on a second disk, once: what has become of them since then is the host's own.
read -r known < /etc/machine-id || true
[ "$known" = "$cm_id" ] || tar -C / -xf /dev/vdb
hostname "$cm_name"
echo "$cm_name" > /etc/hostname
echo "127.0.0.1 localhost $cm_name" > /etc/hosts
ip -batch - <<NETWORK
link set lo up
address add $cm_address/24 dev eth0
link set eth0 up
route add default via $cm_gateway
NETWORK
exec env -i PATH="$PATH" catatonit -- /usr/sbin/sshd -D -e
`;

/**
 * Makes `$FINAL` with the kernel, its first disk, the base of all hosts' disks and a QEMU, from the root
 * filesystem that the namespaced hosts have; standard output is progress. As with that one, it runs in a
 * mount namespace of its own and under a lock, and what is not complete never has the final name.
 */
export const vmBuildScript = String.raw`
[ ! -e "$FINAL" ] || exit 0
rm -rf "$BUILDING"
mkdir -p "$BUILDING/upper" "$BUILDING/work" "$BUILDING/root" "$BUILDING/first/bin" "$BUILDING/first/lib" "$BUILDING/first/dev" "$BUILDING/first/root"
trap 'cd /; umount -R -l "$BUILDING/root" 2>/dev/null || true; rm -rf --one-file-system "$BUILDING"' EXIT
cd "$BUILDING"

echo "fetching QEMU and the kernel ($SUITE)"
# Only unpacked: QEMU is started by its own dynamic linker, and nothing else of it is used.
mmdebstrap --quiet --variant=extract --include="$PACKAGES" "$SUITE" qemu "$MIRROR" >&2
mv qemu/boot/vmlinuz-* vmlinuz
rm -rf qemu/boot qemu/usr/share/doc qemu/usr/share/man qemu/usr/share/locale

echo 'making the disk of the virtual machines'
mount --bind "$ROOTFS" first/root
mount -t overlay overlay -o lowerdir=first/root,upperdir=upper,workdir=work root
umount first/root
mv qemu/usr/lib/modules root/usr/lib/
# Unpacking them in the machine would take longer than reading them from its disk.
chroot root sh -euc '
  find /usr/lib/modules -name "*.ko.xz" -exec busybox unxz {} +
  depmod "$(ls /usr/lib/modules)"'
cat > root/usr/sbin/cm-lab-init <<'INIT'
${initScript}INIT
cat > first/init <<'INIT'
${initrdScript}INIT
chmod 755 root/usr/sbin/cm-lab-init first/init
cp root/usr/bin/busybox first/bin/
ln -s busybox first/bin/sh
for module in failover net_failover virtio_net virtio_blk; do
  cp "$(find root/usr/lib/modules -name "$module.ko")" first/lib/
done
(cd first; find . | "$BUILDING/root/usr/bin/busybox" cpio -o -H newc) > initrd.img
cp "$IMAGES"/*.tar root/opt/cm-lab/images/
truncate -s 16G base.img
# A journal, since a reboot is a power failure; and nothing left to be done by the kernel at the first mount.
mkfs.ext4 -q -F -J size=16 -E lazy_itable_init=1,nodiscard -d root base.img
umount root
rm -rf upper work root first
cd /
mv "$BUILDING" "$FINAL"
echo 'the virtual machines are ready'
`;
