import {script, type Command} from '../base/command.js';
import {err, ok, type Result} from '../base/result.js';
import type {EngineLook, ObservedContainer} from './facts.js';
import {asList, parseJson, textAt} from './json.js';
import {readBundle} from './runc-bundle.js';
import {scriptHead, sectionLines, sections, sectionText, type Section} from './sections.js';
import {versionIn} from './versions.js';

/**
 * Where runc has the state of what runs, and where `cm` looks for bundles of what does not: runc knows
 * nothing of a bundle that is not started, after a reboot of none. Links by name; `cm` makes one of
 * every bundle that it moves, and anybody may.
 */
export const stateFolder = '/run/runc';
export const bundlesFolder = '/var/lib/cm/bundles';

/** What tells about one bundle. The pieces of `state.json` are those that `runc list` keeps to itself. */
export const describeText = `known() { sed -n "s/.*\\"$1\\":\\([0-9a-z]*\\).*/\\1/p" "$state"; }
describe() {
  state=${stateFolder}/$2/state.json
  if [ -e "$state" ]; then
    bundle=$(sed -n 's/.*"bundle=\\([^"\\\\]*\\)".*/\\1/p' "$state")
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
  known Systemd
  section born "$1"
  known init_process_start
  section restored "$1"
  cat "${stateFolder}/$2/cm-restored" 2>/dev/null || :
  [ ! -e "${stateFolder}/$2/cm-frozen" ] || section frozen "$1"
  pid=$(known init_process_pid)
  if [ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/self/ns/net)" ]; then
    section trie "$1"
    cat "/proc/$pid/net/fib_trie" 2>/dev/null || :
    section six "$1"
    cat "/proc/$pid/net/if_inet6" 2>/dev/null || :
    section devices "$1"
    sed -n 's/^ *\\([^ ]*\\):.*/\\1/p' "/proc/$pid/net/dev" 2>/dev/null || :
  fi
}`;

const lookScript = `${scriptHead}
command -v runc >/dev/null 2>&1 || exit 127
section version
runc --version
section list
runc list --format json
${describeText}
number=0
for name; do
  number=$((number + 1))
  case $name in '' | .* | *[!A-Za-z0-9_+.-]*) ;; *) describe "$number" "$name" ;; esac
done
section end`;

/** Exits 127 when runc is not there. */
export const look = (names: readonly string[]): Command =>
  script('runc: look at containers', lookScript, ...names);

/** What runc itself lists; `null` when there is nothing. */
export function readList(all: readonly Section[]): Result<readonly unknown[], string> {
  const listed = parseJson(sectionText(all, 'list'));
  return listed.ok ? ok(asList(listed.value)) : err(`runc list: ${listed.error}`);
}

/** The part of an answer that is about the container of that number. */
export const numbered = (all: readonly Section[], number: string): readonly Section[] =>
  all.filter(({words}) => words[0] === number);

export function readLook(stdout: string): Result<EngineLook, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const version = versionIn(sectionLines(all, 'version')[0] ?? '');
  if (version === '') return err('runc does not tell its version');
  const listed = readList(all);
  if (!listed.ok) return listed;
  const containers: ObservedContainer[] = [];
  for (const {words} of all.filter(({name}) => name === 'bundle')) {
    const [number = '', name = ''] = words;
    if (name === '') return err('an answer about a bundle does not tell its name');
    const state = listed.value.find((each) => textAt(each, 'id') === name);
    const container = readBundle(name, state, numbered(all, number));
    if (!container.ok) return container;
    containers.push(container.value);
  }
  return ok({version, containers});
}
