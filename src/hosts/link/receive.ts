import {type Command, script} from '../../base/command.js';
import {HARD_LINKED, IN_PLACE} from '../../base/folder-copy.js';
import {CONFINE, IN_OWN_MOUNTS} from '../../base/confine.js';
import {STARTED} from './end-sessions.js';
import type {Receivers} from './link.js';
import {TOO_MUCH} from './problems.js';
import {HOLD, HOLDS} from './connect-script.js';
import {ANSWER_BEGINS} from './over.js';
import {quote} from '../quote.js';
import {HEAD} from '../remote-line.js';

/**
 * The source's end of a direct link asks after the target every 10 s when it hears nothing, the runner's end of a relay every
 * 15 s; so a connection on which nothing has come for so long is dead. This end would not notice for two hours (sshd asks after
 * nobody by default, and a cable that is back brings no word of what was given up meanwhile), and what it receives would hold the container's
 * turn for as long.
 */
const SILENT_SECONDS = 60;

/** How long a session waits for the one before it in the same folder, which may still be ending. */
const QUEUE_SECONDS = 10;

/**
 * `attended WORD…`: runs it, and ends the connection that feeds it when that is dead, so that what is fed sees its end. What
 * sshd reads from the network are its own reads, whichever stream they are for; where no sshd is above, nobody watches.
 */
const attended = (silentSeconds: number): string => `${STARTED}watch() {
  trap 'kill "$nap"; exit 0' TERM
  last= silent=0
  while :; do
    sleep ${silentSeconds / 10} &
    nap=$!
    wait "$nap"
    now=
    { while read -r key value; do [ "$key" != rchar: ] || now=$value; done <"/proc/$1/io"; } || exit 0
    if [ "$now" != "$last" ]; then last=$now silent=0; else silent=$((silent + 1)); fi
    [ "$silent" -lt 10 ] || { kill "$1"; exit 0; }
  done
}
attended() {
  above=$PPID watcher= code=0
  for step in 1 2 3; do
    case $(cat "/proc/$above/comm" 2>/dev/null) in
      sshd*)
        [ "$relayed" = yes ] || started "$above" >"$dir/connection.$above"
        watch "$above" </dev/null >/dev/null 2>&1 7>&- 8>&- &
        watcher=$!
        break
        ;;
    esac
    above=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$above/status" 2>/dev/null) || break
  done
  # A subshell, since some shells keep a copy of what they redirect under another number.
  if [ "$1" = unshare ]; then "$@" || code=$?; else (exec 7>&- 8>&-; exec "$@") || code=$?; fi
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || :
  exit "$code"
}`;

/**
 * The confined receiver of a folder: `$1` is the option to write in place, `looks` where nothing is written, or empty, then come
 * rsync's options.
 */
const SERVE = `${HARD_LINKED}
place=$1
shift
if [ "$place" = looks ] || hardLinked /to/; then place=; fi
exec rsync --server "$@" $place . /to/`;

/**
 * Runs on the target for each thing that the source asks for: the forced command of the one-time key. What is asked
 * for is data from another machine, so it is only compared with what is allowed, word by word, and never evaluated.
 * The destination that rsync names is a receiver's name; the folder itself stands in a file that the runner wrote.
 * `s` is missing among rsync's letters on purpose: with it the options would come over standard input, unseen.
 */
const RECEIVE = `${HEAD}
IFS=' '
dir=\${0%/*}
refuse() {
  echo "cm: refused: $1" >&2
  exit 126
}
named() {
  case $1 in
    ''|*[!a-z0-9-]*) refuse 'not the name of a receiver' ;;
  esac
}
relayed=\${1-}
asked=\${SSH_ORIGINAL_COMMAND-}
# Whoever closes the link waits for this lock, and finds by it who still holds it.
exec 7>>"$dir/sessions"
flock -s -n 7 && [ ! -e "$dir/closed" ] || refuse 'the link is closed'
case $asked in
  '') refuse 'a shell' ;;
  ${HOLD})
    echo '${HOLDS}'
    exec cat >/dev/null
    ;;
  *[!A-Za-z0-9\\ ./=%@-]*) refuse 'characters that no receiver needs' ;;
  *' '*) ;;
  *)
    named "$asked"
    [ -f "$dir/program.$asked" ] || refuse 'not a receiver'
    exec 8>>"$dir/lock.$asked"
    flock -w ${QUEUE_SECONDS} 8 || refuse 'another session sends to this receiver'
    attended sh "$dir/program.$asked"
    ;;
esac
set -- $asked
[ "$#" -ge 5 ] && [ "$1" = rsync ] && [ "$2" = --server ] || refuse 'not a receiver'
shift 2
options= looks=
while [ "$#" -gt 2 ]; do
  case $1 in
    --delete|--delete-during|--delete-after|--force|--numeric-ids|--inplace|--partial|--stats|--modify-window=-1|-@-1) ;;
    --log-format=X|--log-format=%i) ;;
    --bwlimit=*|--timeout=*)
      case \${1#*=} in
        ''|*[!0-9]*) refuse 'an option of rsync' ;;
      esac
      ;;
    --*) refuse 'an option of rsync' ;;
    -?*)
      letters=\${1#-}
      case \${letters%%e.*} in
        *[!vlogDtpAXrHSdcIRn]*) refuse 'an option of rsync' ;;
        *n*) looks=yes ;;
      esac
      case $letters in
        *e.*[!A-Za-z]*) refuse 'an option of rsync' ;;
      esac
      ;;
    *) refuse 'an argument of rsync' ;;
  esac
  options="$options $1"
  shift
done
[ "$1" = . ] || refuse 'an argument of rsync'
name=\${2%/}
named "$name"
[ -f "$dir/folder.$name" ] || refuse 'not a receiver'
folder=$(cat "$dir/folder.$name"; echo x)
identity=
if [ -f "$dir/identity.$name" ]; then identity=$(cat "$dir/identity.$name"); fi
exec 8>>"$dir/lock.$name"
flock -w ${QUEUE_SECONDS} 8 || refuse 'another session writes into this folder'
place=
case $options in
  *' ${IN_PLACE}'*) place=${IN_PLACE} options="\${options%% ${IN_PLACE}*}\${options#* ${IN_PLACE}}" ;;
esac
[ -z "$looks" ] || place=looks
# The runner frames what it asks itself.
[ "$relayed" = yes ] || echo "${ANSWER_BEGINS}"
attended ${IN_OWN_MOUNTS} sh "$dir/confine" "$dir/root" "\${folder%x}" "$identity" '' sh -euc '${SERVE}' sh "$place" $options
`;

const INSTALL = `umask 077
dir=$1
mkdir -p "$dir"
[ ! -L "$dir" ] && [ -O "$dir" ] || { echo "$dir belongs to somebody else" >&2; exit 1; }
chmod 700 "$dir"
printf '%s' "$2" >"$dir/receive"
printf '%s' "$3" >"$dir/confine"
: >>"$dir/sessions"
mkdir -p "$dir/root"
shift 3
folders=
while [ "$#" -gt 0 ]; do
  printf '%s' "$2" >"$dir/$1"
  case $1 in
    folder.*)
      folders=yes
      [ -d "$2" ] || { echo "$2 is not a folder" >&2; exit 1; }
      if [ -L "$2" ]; then stat -Lc %d:%i -- "$2" >"$dir/identity.\${1#folder.}"; fi
      ;;
  esac
  shift 2
done
if [ -n "$folders" ] && command -v rsync >/dev/null; then
  ${IN_OWN_MOUNTS} sh "$dir/confine" "$dir/root" "$dir" '' '' rsync --version >/dev/null || {
    echo 'rsync cannot be confined to a folder here: that takes mount, umount, unshare and pivot_root of util-linux, and root' >&2
    exit 1
  }
fi
`;

type Program = Extract<Receivers[string], {readonly kind: 'program'}>;

const NAME = /^[a-z0-9][a-z0-9-]{0,60}$/;

/** What is left of the memory that is free, KiB. */
const LEFT_FREE = 16 * 1024;

/**
 * `$1` folder, `$2` bytes at most or empty, `$3` whether it takes memory, then a program. Its input ends when it has had as
 * much as it may have; whether it was all is asked afterwards, so that what is too much never counts as taken. What was
 * expected may be out of date; what is free in memory is not exceeded in any case.
 */
const BOUNDED = `dir=$1 most=$2 memory=$3 room=
shift 3
if [ "$memory" = memory ]; then
  room=$(df -Pk "$dir" | { read -r _; read -r _ _ _ free _; echo $(((free - ${LEFT_FREE}) * 1024)); })
  [ "$room" -gt 0 ] || room=0
  if [ -n "$most" ] && [ "$most" -le "$room" ]; then room=; else most=$room; fi
fi
[ -n "$most" ] || exec "$@"
exec 3>&1
told=$(
  exec 4>&1
  {
    if LC_ALL=C dd bs=256K iflag=fullblock,count_bytes count="$most" 2>/dev/null 3>&- 4>&- && [ "$(head -c 1 | wc -c)" -ne 0 ]; then
      echo too-much >&4
    fi
  } | {
    code=0
    "$@" >&3 3>&- 4>&- || code=$?
    echo "code $code" >&4
  }
)
case $told in
  *too-much*)
    if [ -n "$room" ]; then what='are free in memory'; else what='were expected'; fi
    echo "more arrived than the $most bytes that $what" >&2
    exit ${TOO_MUCH}
    ;;
esac
exit "\${told##*code }"
`;

function programText({command, most, inMemory}: Program): string {
  const words = quote(['sh', '-euc', BOUNDED, 'cm']);
  const limit = most === undefined ? "''" : String(Math.ceil(most));
  const memory = inMemory === true ? 'memory' : "''";
  return `exec ${words} "\${0%/*}" ${limit} ${memory} ${quote(command.argv)}\n`;
}

function fileOf(name: string, receiver: Receivers[string]): [string, string] {
  if (!NAME.test(name)) throw new RangeError(`"${name}" cannot be the name of a receiver`);
  return receiver.kind === 'program'
    ? [`program.${name}`, programText(receiver)]
    : [`folder.${name}`, receiver.path];
}

/** Writes the dispatcher and what it may start into `folder`, which is made when it is not there. */
export const installReceivers = (
  folder: string,
  receivers: Receivers,
  silentSeconds = SILENT_SECONDS,
): Command =>
  script(
    `prepare ${folder}`,
    INSTALL,
    folder,
    `set -efu\n${attended(silentSeconds)}\n${RECEIVE}`,
    CONFINE,
    ...Object.entries(receivers).flatMap(([name, receiver]) => fileOf(name, receiver)),
  );

/** The same dispatcher, asked by the runner itself. */
export const askReceiver = (folder: string, asked: string): Command => ({
  argv: ['env', `SSH_ORIGINAL_COMMAND=${asked}`, 'sh', `${folder}/receive`, 'yes'],
  title: `receive ${asked.split(' ')[0] ?? ''}`,
});
