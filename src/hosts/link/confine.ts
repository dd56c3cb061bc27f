/** Runs what follows with mounts of its own. Later mounts of the host still come through, so none is kept busy here. */
export const IN_OWN_MOUNTS = 'unshare -m --propagation slave';

/**
 * Runs a program that sees one folder of the host and nothing else. To be started in a mount namespace of its own:
 * `$1` an empty folder that becomes the root, `$2` the folder, `$3` its device and inode or empty, then the program
 * and its words, which find the folder at `/to`.
 *
 * rsync follows names that the sender chose, and whoever sends can have two sessions work against each other, so
 * links must lead nowhere: the root is an empty file system with the host's programs, all of it read-only, and the
 * host's own root is unmounted. Devices can be made and not opened. The identity is compared after the mount, so
 * that a folder which was swapped for a link meanwhile is noticed. `/proc` would lead back to the host, so it is
 * there for `umount` only, and a folder in which one is mounted is refused.
 */
export const CONFINE = `set -eu
PATH=$PATH:/usr/sbin:/sbin
root=$1 folder=$2 identity=$3
shift 3
refuse() {
  echo "cm: refused: $1" >&2
  exit 126
}
mount -t tmpfs -o mode=0755,size=4m,nosuid,nodev cm "$root"
cd "$root"
mkdir etc proc to usr
mount --rbind "$folder" to
[ -z "$identity" ] || [ "$(stat -c %d:%i to)" = "$identity" ] || refuse 'the folder is not the one that was prepared'
while read -r _ _ _ _ at _ rest; do
  case $at in
    "$root"/to/*) ;;
    *) continue ;;
  esac
  kind=\${rest#*- }
  case \${kind%% *} in
    autofs|binfmt_misc|bpf|cgroup*|configfs|debugfs|devpts|devtmpfs|efivarfs|fusectl|mqueue|proc|pstore|securityfs|sysfs|tracefs)
      refuse "a file system of the kernel (\${kind%% *}) is mounted below the folder" ;;
  esac
done </proc/self/mountinfo
options=remount,bind,nosuid,nodev
[ -w to ] || options=$options,ro
mount -o "$options" to
mount -o bind,ro,nosuid,nodev /usr usr
for name in bin sbin lib lib32 lib64 libx32 nix gnu; do
  if [ -L "/$name" ]; then
    ln -s "$(readlink "/$name")" "$name"
  elif [ -d "/$name" ]; then
    mkdir "$name"
    mount -o bind,ro,nosuid,nodev "/$name" "$name"
  fi
done
[ ! -f /etc/ld.so.cache ] || cp /etc/ld.so.cache etc
mount --bind /proc proc
pivot_root . .
umount -l .
mount -o remount,bind,ro,nosuid,nodev /
umount -l /proc
exec "$@"
`;
