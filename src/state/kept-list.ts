import {script, type Command} from '../base/command.js';
import {err, ok, type Result} from '../base/result.js';
import type {ContainerName} from '../plan/plan.js';
import {containerFolder, readManifest, type KeptManifest} from './kept.js';
import {decodeName} from './host-files.js';

/** What one host keeps, in one of its folders. */
export interface Kept {
  readonly id: string;
  readonly container: ContainerName;
  /** Of the checkpoint itself, on its host. */
  readonly folder: string;
  /** Seconds since it was last changed, by the host's own clock. */
  readonly ageSeconds: number;
  /**
   * Absent where there is none that can be read: it is being made, or a run that made it has died, or
   * somebody damaged it. Without one it is no checkpoint that anything may rest upon.
   */
  readonly manifest?: KeptManifest;
  /** Why there is none. */
  readonly wrong?: string;
}

/** What a host keeps, in the order of its IDs, which is that of their time. */
export interface KeptList {
  readonly kept: readonly Kept[];
  /** There are more than were looked at. */
  readonly more: boolean;
}

/** More of them in one folder than anybody would look at; and more text than a manifest has. */
const MOST = 2000;
const MOST_BYTES = 4 * 2 ** 20;

/**
 * `$1` how many at most, `$2` bytes of a manifest, `$3` a container's folder name or nothing, and the
 * folders. A name that cm would not have given is left alone. One line each, which no file can break.
 */
const listText = `most=$1 bytes=$2 only=$3
shift 3
PATH=$PATH:/usr/sbin:/sbin
echo "now $(date +%s)"
for base in "$@"; do
  set -- "$base"/*/*Z-*
  for folder in "$@"; do
    [ -d "$folder" ] && [ ! -L "$folder" ] || continue
    id=\${folder##*/} owner=\${folder%/*} owner=\${owner##*/}
    case $id$owner in *[!A-Za-z0-9_.%-]*) continue;; esac
    [ -z "$only" ] || [ "$only" = "$owner" ] || continue
    [ "$most" -gt 0 ] || { echo more; break 2; }
    most=$((most - 1))
    printf 'kept %s %s %s\\n' "$(stat -c %Y -- "$folder")" "\${#base}" "$folder"
    if [ "\${id%.part}" = "$id" ] && [ -f "$folder/manifest.json" ]; then
      printf 'manifest '
      head -c "$bytes" -- "$folder/manifest.json" | tr -d '\\n'
      echo
    fi
  done
done
echo end`;

/** All that is kept in these folders of a host, of one container or of all, in one look. */
export function listKept(bases: readonly string[], container?: ContainerName): Command {
  const only = container === undefined ? '' : containerFolder(container, '').slice(1);
  return script(
    'look at kept checkpoints',
    listText,
    String(MOST),
    String(MOST_BYTES),
    only,
    ...bases,
  );
}

function readHead(rest: string, now: number): Kept | undefined {
  const [time = '', length = '', ...words] = rest.split(' ');
  const folder = words.join(' ');
  const [owner, name, ...others] = folder.slice(Number(length) + 1).split('/');
  if (!owner || !name || others.length > 0) return undefined;
  const age = now - Number.parseInt(time, 10);
  const isPart = name.endsWith('.part');
  return {
    id: isPart ? name.slice(0, -'.part'.length) : name,
    container: decodeName(owner),
    folder,
    ageSeconds: Number.isFinite(age) ? age : 0,
    wrong: isPart ? 'it is not whole' : 'it has no manifest',
  };
}

function withManifest(kept: Kept, line: string): Kept {
  const rest = {
    id: kept.id,
    container: kept.container,
    folder: kept.folder,
    ageSeconds: kept.ageSeconds,
  };
  const read = readManifest(line);
  if (!read.ok) return {...rest, wrong: read.error};
  const {id, container} = read.value;
  if (id !== kept.id || container !== kept.container)
    return {...rest, wrong: `its manifest is of "${container}" ${id}`};
  return {...rest, manifest: read.value};
}

/** What `listKept` printed. */
export function readKeptList(stdout: string): Result<KeptList, string> {
  const lines = stdout.split('\n');
  if (lines.at(-1) !== '' || lines.at(-2) !== 'end') return err('the answer is cut off');
  let now = 0;
  const found: Kept[] = [];
  for (const line of lines) {
    const [word = ''] = line.split(' ', 1);
    const rest = line.slice(word.length + 1);
    if (word === 'now') now = Number.parseInt(rest, 10);
    else if (word === 'kept') {
      const head = readHead(rest, now);
      if (head) found.push(head);
    } else if (word === 'manifest') {
      const last = found.pop();
      if (last) found.push(withManifest(last, rest));
    }
  }
  const kept = found.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return ok({kept, more: lines.includes('more')});
}
