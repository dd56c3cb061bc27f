import type {Command} from '../base/command.js';
import {script} from '../base/command.js';
import type {Receivers} from './link.js';
import {quote} from './quote.js';

/**
 * The source's end of a direct link asks after the target every 10 s when it hears nothing, the runner's end of a relay every
 * 15 s; so a connection on which nothing has come for so long is dead. This end would not notice for two hours (sshd asks after
 * nobody by default, and a cable that is back brings no word of what was given up meanwhile), and what it receives would hold the container's
 * turn for as long.
 */
const SILENT_SECONDS = 60;

/**
 * `attended WORD…`: runs it, and ends the connection that feeds it when that is dead, so that what is fed sees its end. What
 * sshd reads from the network are its own reads, whichever stream they are for; where no sshd is above, nobody watches.
 */
const attended = (silentSeconds: number): string => `watch() {
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
        watch "$above" </dev/null >/dev/null 2>&1 &
        watcher=$!
        break
        ;;
    esac
    above=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$above/status" 2>/dev/null) || break
  done
  "$@" || code=$?
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null || :
  exit "$code"
}`;

/**
 * Runs on the target for each thing that the source asks for: the forced command of the one-time key. What is asked
 * for is data from another machine, so it is only compared with what is allowed, word by word, and never evaluated.
 * The destination that rsync names is a receiver's name; the folder itself stands in a file that the runner wrote.
 * `s` is missing among rsync's letters on purpose: with it the options would come over standard input, unseen.
 */
const RECEIVE = `LC_ALL=C
export LC_ALL
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
asked=\${SSH_ORIGINAL_COMMAND-}
case $asked in
  '') refuse 'a shell' ;;
  *[!A-Za-z0-9\\ ./=%@-]*) refuse 'characters that no receiver needs' ;;
  *' '*) ;;
  *)
    named "$asked"
    [ -f "$dir/program.$asked" ] || refuse 'not a receiver'
    attended sh "$dir/program.$asked"
    ;;
esac
set -- $asked
[ "$#" -ge 5 ] && [ "$1" = rsync ] && [ "$2" = --server ] || refuse 'not a receiver'
shift 2
options=
while [ "$#" -gt 2 ]; do
  case $1 in
    --delete|--delete-during|--delete-after|--numeric-ids|--inplace|--partial|--stats|--modify-window=-1|-@-1) ;;
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
        *[!vlogDtpAXrHSdc]*) refuse 'an option of rsync' ;;
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
attended rsync --server $options . "\${folder%x}/"
`;

const INSTALL = `umask 077
dir=$1
mkdir -p "$dir"
[ ! -L "$dir" ] && [ -O "$dir" ] || { echo "$dir belongs to somebody else" >&2; exit 1; }
chmod 700 "$dir"
printf '%s' "$2" >"$dir/receive"
echo "$(($(date +%s) + $3))" >"$dir/expires"
shift 3
while [ "$#" -gt 0 ]; do
  printf '%s' "$2" >"$dir/$1"
  case $1 in
    folder.*) [ -d "$2" ] || { echo "$2 is not a folder" >&2; exit 1; } ;;
  esac
  shift 2
done
`;

const NAME = /^[a-z0-9][a-z0-9-]{0,60}$/;

function fileOf(name: string, receiver: Receivers[string]): [string, string] {
  if (!NAME.test(name)) throw new RangeError(`"${name}" cannot be the name of a receiver`);
  return receiver.kind === 'program'
    ? [`program.${name}`, `exec ${quote(receiver.command.argv)}\n`]
    : [`folder.${name}`, receiver.path];
}

/** Writes the dispatcher and what it may start into `folder`, which is made when it is not there. */
export const installReceivers = (
  folder: string,
  receivers: Receivers,
  expiresInSeconds: number,
  silentSeconds = SILENT_SECONDS,
): Command =>
  script(
    `prepare ${folder}`,
    INSTALL,
    folder,
    `set -efu\n${attended(silentSeconds)}\n${RECEIVE}`,
    String(expiresInSeconds),
    ...Object.entries(receivers).flatMap(([name, receiver]) => fileOf(name, receiver)),
  );

/** The same dispatcher, asked by the runner itself. */
export const askReceiver = (folder: string, asked: string): Command => ({
  argv: ['env', `SSH_ORIGINAL_COMMAND=${asked}`, 'sh', `${folder}/receive`],
  title: `receive ${asked.split(' ')[0] ?? ''}`,
});
