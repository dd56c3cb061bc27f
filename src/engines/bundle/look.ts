import {script, type Command} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import type {BundleRuntime} from './runtime.js';
import {gathered} from '../oci/container-words.js';
import type {EngineLook} from '../facts.js';
import {asList, parseJson, textAt} from '../../base/json.js';
import {readBundle} from './bundle.js';
import {scriptHead, sectionLines, sections, sectionText, type Section} from '../host/sections.js';
import {versionIn} from '../host/versions.js';

/**
 * Where `cm` looks for bundles of what does not run: a runtime knows nothing of a bundle that is not started,
 * after a reboot of none. Links by name; `cm` makes one of every bundle that it moves, and anybody may.
 */
export const bundlesFolder = '/var/lib/cm/bundles';

/** What tells about one bundle. The pieces of the record are those that `runc list` keeps to itself. */
export const describeText = ({
  stateFolder,
  record,
  keys,
}: BundleRuntime): string => `known() { sed -n "s/.*\\"$1\\": *\\([0-9a-z]*\\).*/\\1/p" "$state"; }
describe() {
  state=${stateFolder}/$2/${record}
  if [ -e "$state" ]; then
    bundle=$(sed -n 's/.*${keys.bundle}\\([^"\\\\]*\\)".*/\\1/p' "$state")
  elif [ -L "${bundlesFolder}/$2" ]; then
    state= bundle=$(readlink -- "${bundlesFolder}/$2")
  else
    return 0
  fi
  section bundle "$1" "$2"
  printf '%s\\n' "$bundle"
  section place "$1"
  stat -c '%i-%W' -- "$bundle" 2>/dev/null || :
  section digest "$1"
  sha256sum < "$bundle/config.json" 2>/dev/null || :
  section config "$1"
  cat -- "$bundle/config.json" 2>/dev/null || :
  [ -n "$state" ] || return 0
  section systemd "$1"
  known ${keys.systemd}
  section born "$1"
  known ${keys.born}
  section restored "$1"
  cat "${stateFolder}/$2/cm-restored" 2>/dev/null || :
  [ ! -e "${stateFolder}/$2/cm-frozen" ] || section frozen "$1"
  pid=$(known ${keys.pid})
  if [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]; then
    section trie "$1"
    cat "/proc/$pid/net/fib_trie" 2>/dev/null || :
    section six "$1"
    cat "/proc/$pid/net/if_inet6" 2>/dev/null || :
    section devices "$1"
    sed -n 's/^ *\\([^ ]*\\):.*/\\1/p' "/proc/$pid/net/dev" 2>/dev/null || :
  fi
}`;

/** `more`: what is told of the process, `$pid`, when one is looked for. */
export const lookText = (of: BundleRuntime, more = ''): string => `${scriptHead}
command -v ${of.name} >/dev/null 2>&1 || exit 127
section version
${of.name} --version
section list
${of.name} list --format json
${describeText(of)}
number=0
for name; do
  number=$((number + 1))
  case $name in '' | .* | *[!A-Za-z0-9_+.-]*) ;; *) describe "$number" "$name" ;; esac
done
${more}
section end`;

/** Exits 127 when the runtime is not there. */
export const look = (of: BundleRuntime, names: readonly string[]): Command =>
  script(`${of.name}: look at containers`, lookText(of), ...names);

/** What the runtime itself lists; `null` when there is nothing. */
export function readList(
  {name}: BundleRuntime,
  all: readonly Section[],
): Result<readonly unknown[], string> {
  const listed = parseJson(sectionText(all, 'list'));
  return listed.ok ? ok(asList(listed.value)) : err(`${name} list: ${listed.error}`);
}

/** The part of an answer that is about the container of that number. */
export const numbered = (all: readonly Section[], number: string): readonly Section[] =>
  all.filter(({words}) => words[0] === number);

export function readLook(of: BundleRuntime, stdout: string): Result<EngineLook, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const version = versionIn(sectionLines(all, 'version')[0] ?? '');
  if (version === '') return err(`${of.name} does not tell its version`);
  const listed = readList(of, all);
  if (!listed.ok) return listed;
  const read = all
    .filter(({name}) => name === 'bundle')
    .map(({words: [number = '', name = '']}) => {
      const state = listed.value.find((each) => textAt(each, 'id') === name);
      return readBundle(name, state, numbered(all, number));
    });
  return gathered(version, read);
}
