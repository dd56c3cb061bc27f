import {CHANGED_FILES, REPEATED, SETTLED} from '../../base/folder-copy.js';
import {IN_OWN_MOUNTS} from '../../base/confine.js';
import {END_SESSIONS} from './end-sessions.js';
import {DIFFERING} from './compare.js';
import {OVER, RETRIED_OVER, RSYNC_OVER} from './over.js';
import {CHANGED, WHOLE} from './rsync.js';

/** Where a sender can be confined, `$dir/confine` is there afterwards: `$2`. */
const TRY_CONFINE = `mkdir -p "$dir/root"
printf '%s' "$2" >"$dir/confine"
${IN_OWN_MOUNTS} sh "$dir/confine" "$dir/root" "$dir" '' "$dir" ssh -F /dev/null -G cm >/dev/null 2>&1 || rm -f "$dir/confine"
`;

/** `$1` folder, `$2` see above. Makes the key where it is used; only its public half is printed. */
export const MAKE_KEY = `umask 077
dir=$1
mkdir -p "$dir"
[ ! -L "$dir" ] && [ -O "$dir" ] || { echo "$dir belongs to somebody else" >&2; exit 1; }
chmod 700 "$dir"
rm -f "$dir/key" "$dir/key.pub"
cat >"$dir/over" <<'EOF'
${RSYNC_OVER}EOF
${TRY_CONFINE}ssh-keygen -q -t ed25519 -N '' -C cm -f "$dir/key"
for program in rsync pv; do
  if command -v "$program" >/dev/null; then echo "have $program"; fi
done
cat "$dir/key.pub"
`;

/**
 * `$1` folder of this stream, `$2` control socket, `$3` receiver, `$4` producer as shell text, `$5` process of the connection,
 * `$6` bytes per second or empty. Prints `progress N`, `answer …`, `error …` (the receiver's standard error)
 * and last `end PRODUCER RECEIVER FIRST BYTES`, FIRST being `receiver` when it ended before the producer.
 *
 * The shell around the receiver keeps the pipe open until its status is written, so a producer that dies of the
 * broken pipe always finds that status there: that is how the two are told apart. Bytes are what the connection's
 * process has read, so nothing has to copy the stream in order to count it.
 */
export const SEND = `umask 077
dir=$1 control=$2 name=$3 producer=$4 pid=$5 limit=$6
mkdir "$dir"
trap 'rm -rf "$dir"' EXIT
trap 'exit 143' TERM HUP INT
n=0
taken() {
  { while read -r key value; do [ "$key" != rchar: ] || n=$value; done <"/proc/$pid/io"; } 2>/dev/null || :
}
taken
base=$n
mkfifo "$dir/pipe"
${RETRIED_OVER}{
  over && r=0 || r=$?
  echo "$r" >"$dir/status"
} <"$dir/pipe" | tail -c 4096 >"$dir/answer" &
receiver=$!
{
  while sleep 0.5 >/dev/null 2>&1; do
    taken
    echo "progress $((n - base))"
  done
} &
ticker=$!
p=0
if [ -n "$limit" ]; then
  {
    sh -c "$producer" && code=0 || code=$?
    echo "$code" >"$dir/code"
  } | pv -q -L "$limit" >"$dir/pipe"
  p=$(cat "$dir/code")
else
  sh -c "$producer" >"$dir/pipe" || p=$?
fi
first=producer
if [ -s "$dir/status" ]; then first=receiver; fi
wait "$receiver" || :
kill "$ticker" 2>/dev/null || :
taken
sed 's/^/answer /' "$dir/answer"
echo
tail -c 8192 "$dir/error" | sed 's/^/error /'
echo
echo "end $p $(cat "$dir/status") $first $((n - base))"
`;

/** What the first pass and the last one have in common; see base/folder-copy. */
const LOOK = `${SETTLED}
${CHANGED_FILES}
${REPEATED}
umask 077
export LC_ALL=C RSYNC_PROTECT_ARGS=0
`;

/**
 * `sending WORD…` runs it where it finds the folder `$from` at `$there`, to be read, and nothing else of the host: programs of the
 * container may put links in the place of what is in the folder meanwhile. Where the host cannot confine it, `$there` is `$from`.
 * `$dir` is the folder of the source's end; `$identity` may be empty.
 */
const SENDING = `there=$from/
[ ! -e "$dir/confine" ] || there=/from/
sending() {
  if [ -e "$dir/confine" ]; then
    ${IN_OWN_MOUNTS} sh "$dir/confine" "$dir/root" "$from" "$identity" "$dir" "$@"
  else
    "$@"
  fi
}
`;

/**
 * `$1` control socket, `$2` folder on the source, `$3` receiver, `$4` where to keep the record of what is in the folder,
 * `$5` `live` for a first pass, else empty, `$6` `real` or empty; then rsync's options. Only files that have not changed since a first pass
 * are compared by size and time. The others go before, so that their deletion and their folders' times come last.
 */
export const SYNC = `${LOOK}
control=$1 from=$2 name=$3 facts=$4 pass=$5 real=$6
shift 6
dir=\${control%/*} identity=
[ -z "$real" ] || settled "$from"
${SENDING}copy() { repeated sending rsync "$@" --info=progress2 --outbuf=L -e "sh $dir/over $control" -- "$there" "cm:$name/"; }
if [ "$pass" = live ]; then
  record "$from" "$facts"
  copy ${WHOLE.join(' ')} "$@"
elif changes "$from" "$facts"; then
  [ ! -s "$facts.changed" ] || copy ${CHANGED.join(' ')} --files-from="$facts.changed" "$@"
  copy --delete "$@"
else
  copy ${WHOLE.join(' ')} "$@"
fi
`;

/** `$1` control socket, `$2` folder on the source, `$3` receiver, `$4` `real` or empty; then rsync's options. */
export const COMPARE = `${SETTLED}
${DIFFERING}
umask 077
export LC_ALL=C RSYNC_PROTECT_ARGS=0
control=$1 from=$2 name=$3 real=$4
shift 4
dir=\${control%/*} identity=
[ -z "$real" ] || settled "$from"
${SENDING}differing sending rsync "$@" -e "sh $dir/over $control" -- "$there" "cm:$name/"
`;

/** The same for a relay, in two parts; this one prints which passes are needed: `whole`, or `changed` and `rest`. */
export const LOOK_RELAYED = `${LOOK}
from=$1 facts=$2 pass=$3 real=$4
[ -z "$real" ] || settled "$from"
if [ "$pass" = live ]; then
  record "$from" "$facts"
  echo whole
elif changes "$from" "$facts"; then
  [ ! -s "$facts.changed" ] || echo changed
  echo rest
else
  echo whole
fi
`;

/**
 * What rsync takes for ssh hands the command it was given to the runner, as a line, and then lets the
 * bytes through. `$1` folder, `$2` folder on the source, `$3` receiver, `$4` `real` or empty; then rsync's options.
 */
const relayed = (rsync: string): string => `${SETTLED}
${DIFFERING}
dir=$1 from=$2 name=$3 real=$4 identity=
shift 4
umask 077
export LC_ALL=C RSYNC_PROTECT_ARGS=0
[ -z "$real" ] || settled "$from"
${SENDING}exec 3<&0 4>&1 </dev/null >&2
${rsync} "$@" -e "sh $dir/plug" -- "$there" "cm:$name/"
`;

export const SYNC_RELAYED = relayed('sending rsync');
export const COMPARE_RELAYED = relayed('differing sending rsync');

/** `$1` folder of the source's end of a relay, `$2` see above. */
export const MAKE_PLUG = `umask 077
dir=$1
mkdir -p "$dir"
[ ! -L "$dir" ] && [ -O "$dir" ] || { echo "$dir belongs to somebody else" >&2; exit 1; }
chmod 700 "$dir"
cat >"$dir/plug" <<'EOF'
shift
echo "$*" >&4
exec 5<&0
cat <&5 >&4 &
out=$!
cat <&3
kill "$out" 2>/dev/null
exit 0
EOF
${TRY_CONFINE}`;

/** `$1` one end's folder. Ends its connections and sessions, removes it, and the folders above it once they are empty. */
export const REMOVE_END = `dir=$1
${END_SESSIONS}for control in "$dir"/c[0-9]*; do
  [ ! -S "$control" ] || ${OVER} -S "$control" -O exit cm >/dev/null 2>&1 || :
done
end_sessions
rm -rf "$dir"
rmdir "\${dir%/*}" "\${dir%/*/*}" 2>/dev/null || :
`;
