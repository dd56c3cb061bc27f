/** Run on lab hosts. */

const roots = '/srv /var/lib/containers/storage/volumes';

/** One line for each file, with its content's digest; names of one file share a number that is the same on every host. */
export const listScript = `
find ${roots} -mindepth 1 -type f -exec sha256sum {} + 2>/dev/null | sed 's/^/sum /'
find ${roots} -mindepth 1 -printf 'file\\t%i\\t%y\\t%m\\t%U\\t%G\\t%s\\t%T@\\t%l\\t%p\\n' 2>/dev/null
echo end`;

/** Makes random files below a folder: \`$1\` folder, \`$2\` a word that differs, \`$3\` how many. */
export const fillScript = `
mkdir -p "$1/deep/er"
number=0
while [ "$number" -lt "$3" ]; do
  printf '%s %s\\n' "$2" "$number" >"$1/f$number"
  number=$((number + 1))
done
head -c 70000 /dev/zero | tr '\\0' "\${2%"\${2#?}"}" >"$1/deep/big"
truncate -s 300000 "$1/deep/er/sparse"
printf %s "$2" >>"$1/deep/er/sparse"
ln -f "$1/f0" "$1/deep/hard"
ln -sfn ../f0 "$1/deep/soft"
chmod 640 "$1/f0"
chown 1234:4321 "$1/deep/big"`;

/** Everybody who is not cm stays as he is: \`$1\` image. */
export const strangersScript = `
mkdir -p /srv/stranger/data /srv/media2
echo stranger >/srv/stranger/data/file
echo beside >/srv/media2/file
podman create --name stranger --volume /srv/stranger:/data --volume theirs:/theirs "$1" sleep 1 >/dev/null
echo theirs >/var/lib/containers/storage/volumes/theirs/_data/file`;
