import type {Command} from '../base/command.js';
import {script} from '../base/command.js';

/**
 * How authorized_keys is changed: one at a time (a lock on its folder), by a new file that takes the old one's place,
 * with its owner and mode. Everything else in it stays byte for byte, whatever it is: our line goes in front,
 * so a last line without an end stays one, and it goes away by its exact key.
 */
const LOCKED = `umask 077
keys=$1
[ -n "$keys" ] || keys=$HOME/.ssh/authorized_keys
shift
if [ -L "$keys" ]; then keys=$(readlink -f "$keys"); fi
folder=\${keys%/*}
[ -d "$folder" ] || mkdir -p -m 700 "$folder"
exec 9<"$folder"
flock -w 60 9 || { echo "somebody else holds the lock on $folder" >&2; exit 1; }
fresh=
trap '[ -z "$fresh" ] || rm -f "$fresh"' EXIT
begin() {
  fresh=$(mktemp "$folder/.cm-keys.XXXXXX")
}
replace() {
  if [ -e "$keys" ]; then
    chown "$(stat -c %u:%g "$keys")" "$fresh"
    chmod "$(stat -c %a "$keys")" "$fresh"
  fi
  sync "$fresh" 2>/dev/null || :
  mv -f "$fresh" "$keys"
  fresh=
}
`;

/**
 * expiry-time is read in the server's own time zone; from OpenSSH 9.1 on a Z makes it UTC (release notes of 9.1).
 * The target's clock counts, not the runner's.
 */
const ADD = `${LOCKED}
key=$1 comment=$2 seconds=$3 command=$4
until=$(($(date +%s) + seconds))
version=$(ssh -V 2>&1 | sed -n 's/^OpenSSH_\\([0-9]*\\)\\.\\([0-9]*\\).*/\\1 \\2/p')
major=\${version% *} minor=\${version#* }
if [ -n "$version" ] && [ $((major * 100 + minor)) -ge 901 ]; then
  stamp=$(TZ=UTC0 date -d "@$until" +%Y%m%d%H%M%S)Z
else
  stamp=$(unset TZ; date -d "@$until" +%Y%m%d%H%M%S)
fi
begin
printf 'restrict,expiry-time="%s",command="%s" %s %s:%s\\n' \\
  "$stamp" "$command" "$key" "$comment" "$until" >"$fresh"
if [ -e "$keys" ]; then cat "$keys" >>"$fresh"; fi
replace
`;

const REMOVE = `${LOCKED}
blob=$1
[ -e "$keys" ] || exit 0
grep -qF -e "$blob" "$keys" || exit 0
begin
LC_ALL=C sed "\\\\#$blob#d" "$keys" >"$fresh"
replace
`;

/**
 * Only lines that begin and end as ours do are looked at, and only those whose own time is over are taken out.
 * Folders whose time is over go with their connections.
 */
const SWEEP = `${LOCKED}
base=$1
now=$(date +%s)
if [ -e "$keys" ]; then
  old=$(LC_ALL=C sed -n 's/^restrict,expiry-time="[0-9]*Z*",command="sh [A-Za-z0-9/._-]*" ssh-ed25519 [A-Za-z0-9+/=]* \\(cm:[A-Za-z0-9_-]*:[A-Za-z0-9_-]*:[0-9][0-9]*\\)$/\\1/p' "$keys")
  for comment in $old; do
    [ "\${comment##*:}" -lt "$now" ] || continue
    begin
    LC_ALL=C sed "/^restrict,expiry-time=.* $comment\\$/d" "$keys" >"$fresh"
    replace
    echo "key $comment"
  done
fi
for mark in "$base"/*/*/*/expires; do
  [ -f "$mark" ] || continue
  [ "$(cat "$mark")" -lt "$now" ] || continue
  end=\${mark%/expires}
  for control in "$end"/c[0-9]; do
    [ ! -S "$control" ] || ssh -F /dev/null -S "$control" -O exit cm >/dev/null 2>&1 || :
  done
  rm -rf "$end"
  rmdir "\${end%/*}" "\${end%/*/*}" 2>/dev/null || :
  echo "folder $end"
done
`;

export interface OneTimeKey {
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  /** `cm:<run>:<lane>`; the second at which it expires is added by the target. */
  readonly comment: string;
  readonly expiresInSeconds: number;
  /** The only thing that the key can do. */
  readonly command: string;
}

const PUBLIC_KEY = /^ssh-ed25519 [A-Za-z0-9+/]+={0,2}$/;

function checked(publicKey: string): string {
  if (!PUBLIC_KEY.test(publicKey)) throw new RangeError('not an Ed25519 public key');
  return publicKey;
}

/** `keysFile` empty: `~/.ssh/authorized_keys` of the user that the transport logs in as. */
export const addKey = (keysFile: string, key: OneTimeKey): Command => {
  if (!/^cm:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$/.test(key.comment) || /["\\\n]/.test(key.command))
    throw new RangeError('not fit for a line of authorized_keys');
  return script(
    'allow the one-time key',
    ADD,
    keysFile,
    checked(key.publicKey),
    key.comment,
    String(key.expiresInSeconds),
    key.command,
  );
};

/** May be run twice. */
export const removeKey = (keysFile: string, publicKey: string): Command =>
  script('remove the one-time key', REMOVE, keysFile, checked(publicKey).split(' ')[1] ?? '');

/**
 * Removes what runs that died have left on a host and whose time is over: keys and the folders below `base`.
 * Prints a line for each, `key cm:…` or `folder …`.
 */
export const sweepCommand = (base = '/run/cm', keysFile = ''): Command =>
  script('sweep leftovers', SWEEP, keysFile, base);
