/** Runs what follows with mounts of its own. Later mounts of the host still come through, so none is kept busy here. */
export const IN_OWN_MOUNTS = 'unshare -m --propagation slave';

/**
 * Runs a program that sees one folder of the host and nothing else. To be started in a mount namespace of its own:
 * `$1` an empty folder that becomes the root, `$2` the folder, `$3` its device and inode or empty, `$4` empty for a receiver, then
 * the program and its words, which find the folder at `/to`. For a sender `$4` is the folder of its end of the link; it finds its
 * own at `/from`, to be read, and has what ssh needs to use the connections there. A shell finds `/dev/null`.
 * Where `reads` is a folder, that is there beside the receiver's, at `/from`, to be read; `reads_identity` may be its device and inode.
 *
 * rsync follows names that the sender chose, and whoever sends can have two sessions work against each other, so
 * links must lead nowhere: the root is an empty file system with the host's programs, all of it read-only, and the
 * host's own root is unmounted. Devices can be made and not opened. The identity is compared after the mount, so
 * that a folder which was swapped for a link meanwhile is noticed. `/proc` would lead back to the host, so it is
 * there for `umount` only, and a folder in which one is mounted is refused.
 */
export const CONFINE = `set -eu
PATH=$PATH:/usr/sbin:/sbin
root=$1 folder=$2 identity=$3 end=$4
shift 4
name=to access=
[ -z "$end" ] || name=from access=,ro
refuse() {
  echo "cm: refused: $1" >&2
  exit 126
}
# A link to the folder says where it is: no name in that may be a link.
real=$(readlink -- "$folder" || :)
cd -P -- "$folder/"
[ -z "$real" ] || [ "$(pwd -P)" = "$real" ] || refuse 'the folder is not the one that was prepared'
found=$(stat -c %d:%i .)
mount -t tmpfs -o mode=0755,size=4m,nosuid,nodev cm "$root"
mkdir "$root/etc" "$root/proc" "$root/usr" "$root/$name"
mount --rbind . "$root/$name"
if [ -n "\${reads-}" ]; then
  mkdir "$root/from"
  mount --rbind "$reads/" "$root/from"
  [ "$(stat -c %d:%i "$root/from")" = "\${reads_identity:-$(stat -c %d:%i -- "$reads/")}" ] || refuse 'the folder to be read is not the one that was found'
  mount -o remount,bind,ro,nosuid,nodev "$root/from"
fi
cd "$root"
[ "$(stat -c %d:%i "$name")" = "\${identity:-$found}" ] || refuse 'the folder is not the one that was prepared'
while read -r _ _ _ _ at _ rest; do
  case $at in
    "$root/to"/* | "$root/from"/*) ;;
    *) continue ;;
  esac
  kind=\${rest#*- }
  case \${kind%% *} in
    autofs|binfmt_misc|bpf|cgroup*|configfs|debugfs|devpts|devtmpfs|efivarfs|fusectl|mqueue|proc|pstore|securityfs|sysfs|tracefs)
      refuse "a file system of the kernel (\${kind%% *}) is mounted below the folder" ;;
  esac
done </proc/self/mountinfo
[ -w "$name" ] || access=,ro
mount -o "remount,bind,nosuid,nodev$access" "$name"
mkdir dev
: >dev/null
mount --bind /dev/null dev/null
if [ -n "$end" ]; then
  echo "root:x:$(id -u):$(id -g)::/:/bin/sh" >etc/passwd
  mkdir -p ".$end"
  mount -o bind,ro,nosuid,nodev "$end" ".$end"
fi
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
if [ -d /etc/alternatives ]; then
  mkdir etc/alternatives
  mount -o bind,ro,nosuid,nodev /etc/alternatives etc/alternatives
fi
mount --bind /proc proc
pivot_root . .
umount -l .
mount -o remount,bind,ro,nosuid,nodev /
umount -l /proc
exec "$@"
`;
