import {script, type Command} from '../../base/command.js';
import {shortName} from '../../base/host-words.js';
import {liftThrottle} from '../../engines/criu/cpu-share.js';
import {DROP_OLD_KEYS} from '../../hosts/link/authorized-keys.js';
import {END_SESSIONS} from '../../hosts/link/end-sessions.js';
import {decodeName, encodeName, KEPT_FOLDER, RUN_FOLDER} from './host-files.js';
import {LEASE_EXPIRY_SECONDS, readLease} from './lease-record.js';
import type {LeaseRecord} from './observed.js';

/**
 * Whose a folder in memory is stands in its file `owner`: the run, and the container as the lease and the record of the
 * container are named. Folders of older versions name the container only, and the run by their path.
 */
export const ownerLine = (run: string, container: string): string =>
  `${run} ${encodeName(container)}`;

/**
 * Decides which folders are of no use to anybody any more, and moves them out of the way. Age alone is no proof: a
 * folder goes only when no command of its run can be carried out here any more, and no move needs it for its way back.
 *
 * - The run has lost the lease of the container, or gave it back. A lease that has expired, or whose process is known to
 *   have ended, is taken away first, as anybody may who wants it, and while nothing runs under it.
 * - No record says that the container is leaving or arriving: then the folder may hold the only memory of it. Of its own
 *   container the run knows what became of it when it sweeps.
 */
const decideText = `over() {
  folder=$1 run= name=
  if [ -f "$folder/owner" ]; then
    read -r run name <"$folder/owner" || return 1
  elif [ -f "$folder/container" ]; then
    run=\${folder%/*} run=\${run##*/}
    name=$(cat "$folder/container")
  fi
  case $run in ''|*[!A-Za-z0-9_-]*) return 1 ;; esac
  case $name in ''|.*|*[!A-Za-z0-9_.%-]*) return 1 ;; esac
  [ "$run" != "$own" ] || return 1
  record=${KEPT_FOLDER}/moves/$name.json lease=${RUN_FOLDER}/leases/$name busy=${RUN_FOLDER}/busy/$name
  if [ -e "$record" ] && [ "$name" != "$container" ]; then
    case $(cat "$record" 2>/dev/null) in
      *'"phase":"leaving"'* | *'"phase":"arriving"'*) return 1 ;;
      *'"phase":"'*) ;;
      *) return 1 ;;
    esac
  fi
  fence=
  if [ -e "$lease" ]; then
    line=$(tr -d '\\n' <"$lease")
    case $line in
      '{"run":"'"$run"'",'*)
        age=$(($(date +%s) - $(stat -c %Y "$lease")))
        case " $ended " in
          *" $run "*) ;;
          *)
            if [ "$age" -le ${LEASE_EXPIRY_SECONDS} ] && [ "$age" -ge -${LEASE_EXPIRY_SECONDS} ]; then
              printf 'held\\t%s\\t%s\\t%s\\n' "$name" "$age" "$line"
              return 1
            fi
            ;;
        esac
        fence=yes
        ;;
      '{"run":"'*) ;;
      *) return 1 ;;
    esac
  fi
  # The sweep itself runs under the lock of its own container.
  [ "$name" != "$container" ] || return 0
  if [ -n "$fence" ]; then set -- rm -f -- "$lease"; else set -- true; fi
  flock -n "$busy" "$@"
}
decide() {
  exec 9>${RUN_FOLDER}/lock
  flock -w 30 9 || { echo 'the lock of all leases is held for 30 s' >&2; return 1; }
  for each in ${RUN_FOLDER}/*/*; do
    case $each in ${RUN_FOLDER}/leases/* | ${RUN_FOLDER}/busy/* | *.over*) continue ;; esac
    [ -d "$each" ] && [ ! -L "$each" ] && over "$each" || continue
    mv -- "$each" "$each.over$$"
    printf 'over\\t%s\\t%s\\n' "$run" "$name"
  done
  exec 9<&-
}`;

/**
 * Removes the folders that are out of the way already. Whoever receives in one is ended first, and its connections are
 * closed, which would outlive it by a day. A container that the dead run had slowed down would stay so: only the folder
 * knows how much of a CPU it had.
 */
const removeText = `remove() {
  folder=$1
  for control in "$folder"/s/c[0-9]*; do
    [ ! -S "$control" ] || ssh -F /dev/null -S "$control" -O exit cm >/dev/null 2>&1 || :
  done
  dir=$folder/t
  end_sessions || return 1
  scratch=$folder
  ${liftThrottle}
  rm -rf --one-file-system -- "$folder" || return 1
  rmdir -- "\${folder%/*}" 2>/dev/null || :
}`;

/**
 * `$1` this run, `$2` the container for which it runs, then the runs that are known to have ended. Fails when something
 * that the container's own dead runs left cannot be removed: it might still write into the files of the container.
 */
export const sweepText = `own=$1 container=$2
shift 2
ended=$*
umask 077
[ -d ${RUN_FOLDER} ] || exit 0
mkdir -p ${RUN_FOLDER}/busy
${END_SESSIONS}${DROP_OLD_KEYS}${decideText}
${removeText}
decide
gone= failed=0
for each in ${RUN_FOLDER}/*/*.over*; do
  [ -d "$each" ] || continue
  run=\${each%/*} lane=\${each##*/}
  gone="$gone cm:\${run##*/}:\${lane%%.over*}"
  mine=
  if [ -f "$each/owner" ]; then read -r run name <"$each/owner" || :; [ "\${name-}" != "$container" ] || mine=yes; fi
  remove "$each" || { echo "$each cannot be removed" >&2; [ -z "$mine" ] || failed=1; }
done
flock -n ${RUN_FOLDER} rm -rf ${RUN_FOLDER}/image-load.* || :
[ -z "\${HOME-}" ] || drop_old_keys "$HOME/.ssh/authorized_keys" "$gone "
exit "$failed"`;

export const sweep = (run: string, container: string, ended: readonly string[] = []): Command => ({
  ...script('remove what dead runs left', sweepText, run, encodeName(container), ...ended),
  timeoutMs: 180_000,
});

/** What a sweep tells. */
export interface Swept {
  /** Runs of which something is gone, with their containers. */
  readonly over: readonly {readonly run: string; readonly container: string}[];
  /** Leases that kept something from being removed. */
  readonly held: readonly LeaseRecord[];
}

/** Lines that are not of their form say nothing. */
export function readSwept(stdout: string): Swept {
  const lines = stdout.split('\n').map((line) => line.split('\t'));
  return {
    over: lines.flatMap(([kind, run = '', name = '']) =>
      kind === 'over' && shortName.fits(run) ? [{run, container: decodeName(name)}] : [],
    ),
    held: lines.flatMap(([kind, name = '', age = '', line = '']) =>
      kind === 'held' ? [readLease(name, line, Number.parseInt(age, 10))] : [],
    ),
  };
}
