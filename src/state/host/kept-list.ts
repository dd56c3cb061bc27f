import {script, type Command} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import type {ContainerName, Plan} from '../../plan/plan.js';
import {
  CHECKPOINTS_FOLDER,
  containerFolder,
  isKeptId,
  readManifest,
  type KeptManifest,
} from './kept.js';
import {decodeName} from './host-files.js';

/** What one host keeps, in one of its folders. */
export interface Kept {
  readonly id: string;
  readonly container: ContainerName;
  /** Of the checkpoint itself, on its host. */
  readonly folder: string;
  /** Seconds since it was last changed, by the host's own clock. */
  readonly ageSeconds: number;
  /** It is being made, or the run that made it has died. */
  readonly part: boolean;
  /** Absent where there is none that can be read; without one nothing may rest upon it. */
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

/** Where a plan lets checkpoints be kept; any host may have some from when a container was there. */
export const basesOf = ({containers}: Pick<Plan, 'containers'>): readonly string[] => [
  ...new Set([
    CHECKPOINTS_FOLDER,
    ...[...containers.values()].flatMap(({checkpoints}) => checkpoints?.in ?? []),
  ]),
];

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
  const id = isPart ? name.slice(0, -'.part'.length) : name;
  if (!isKeptId(id)) return undefined;
  return {
    id,
    container: decodeName(owner),
    folder,
    ageSeconds: Number.isFinite(age) ? age : 0,
    part: isPart,
    wrong: isPart ? 'it is not whole' : 'it has no manifest',
  };
}

function withManifest(kept: Kept, line: string): Kept {
  const rest = {
    id: kept.id,
    container: kept.container,
    folder: kept.folder,
    ageSeconds: kept.ageSeconds,
    part: kept.part,
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
