import {type Command, script} from '../../base/command.js';

/**
 * Shell functions that change authorized_keys: one process at a time (a lock on its folder), by a new file that takes the
 * place of the old one, with its owner and mode. Everything else in the file stays byte for byte: a new line goes in
 * front, so that a last line without an end stays one. What a line holds is only compared, and never becomes part of a
 * program: lines are removed by their numbers.
 */
const CHANGE_KEYS = `fresh=
trap '[ -z "$fresh" ] || rm -f "$fresh"' EXIT
lock_keys() {
  keys=$1
  if [ -L "$keys" ]; then keys=$(readlink -f "$keys"); fi
  folder=\${keys%/*}
  exec 9<"$folder"
  flock -w 60 9 || { echo "another process holds the lock on $folder" >&2; return 1; }
}
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
# GREP'S WORDS…: the lines that match, each after its number and a colon.
matching() { tr '\\000' '\\001' <"$keys" | LC_ALL=C grep -n "$@" || :; }
# NUMBER…
drop_lines() {
  [ "$#" -gt 0 ] || return 0
  begin
  LC_ALL=C sed "$(printf '%dd;' "$@")" "$keys" >"$fresh"
  replace
}
`;

/**
 * `drop_old_keys FILE ENDED`: removes the one-time keys that have expired by the clock of this host, and those whose
 * `cm:RUN:LANE` is among ENDED, words with blanks around them.
 */
export const DROP_OLD_KEYS = `${CHANGE_KEYS}drop_old_keys() {
  [ -f "$1" ] || return 0
  lock_keys "$1"
  now=$(date +%s)
  old=$(matching -E '^restrict,(from="[0-9A-Fa-f.:,]*",)?expiry-time="[0-9]*Z?",command="sh [A-Za-z0-9/._-]*" ssh-ed25519 [A-Za-z0-9+/=]* cm:[A-Za-z0-9_-]*:[A-Za-z0-9_-]*:[0-9]{1,15}$' |
    while IFS= read -r line; do
      comment=\${line##* }
      case $2 in (*" \${comment%:*} "*) ;; (*) [ "\${comment##*:}" -lt "$now" ] || continue ;; esac
      echo "\${line%%:*}"
    done)
  drop_lines $old
  exec 9<&-
}
`;

const LOCKED = `umask 077
keys=$1
[ -n "$keys" ] || keys=$HOME/.ssh/authorized_keys
shift
[ -L "$keys" ] || [ -d "\${keys%/*}" ] || mkdir -p -m 700 "\${keys%/*}"
${CHANGE_KEYS}lock_keys "$keys"
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
[ -e "$keys" ] || exit 0
drop_lines $(matching -F -e "$1" | cut -d : -f 1)
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
