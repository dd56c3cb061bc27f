import {script, type Command} from '../../base/command.js';
import {err, type Result} from '../../base/result.js';
import {gathered} from '../oci/container-words.js';
import type {EngineLook} from '../facts.js';
import {asList, asRecord, at, parseParts, textAt} from '../../base/json.js';
import {readContainer} from './inspect.js';
import {scriptHead, sectionLines, sections, sectionText, type Section} from '../host/sections.js';

/**
 * Two podman processes, however many names. podman exits 125 when a name does not exist and still
 * prints the others; any other complaint is passed on, so that a broken store is not taken for an
 * empty one. For containers made through podman's API (they have no CreateCommand) a third and
 * further ones tell what was asked for, and what the runtime was told once it was started.
 */
const lookScript = `${scriptHead}
command -v podman >/dev/null 2>&1 || exit 127
section version
podman --version
section complaints
if [ $# -gt 0 ]; then
  exec 3>&1
  found=$({ podman container inspect -- "$@" 2>&1 >&4 | grep -viE 'no such (container|object)' >&3 || :; } 4>&1)
  exec 3>&-
  section inspect
  printf '%s\\n' "$found"
  made=$(printf '%s\\n' "$found" | grep -c '^ *"CreateCommand": \\[' || :)
  all=$(printf '%s\\n' "$found" | grep -c '^ *"lockNumber": ' || :)
  if [ "$made" -lt "$all" ]; then
    for id in $(podman container inspect --format '{{if not .Config.CreateCommand}}{{.ID}}{{end}}' -- "$@" 2>/dev/null || :); do
      section spec "$id"
      podman generate spec --name=false "$id" 2>/dev/null || :
      section oci "$id"
      config=$(podman container inspect --format '{{.OCIConfigPath}}' -- "$id" 2>/dev/null || :)
      [ ! -f "$config" ] || head -c 1000000 "$config" | tr -d '\\n'
      echo
    done
  fi
fi
section end`;

/** Exits 127 when podman is not there. */
export const look = (names: readonly string[]): Command =>
  script('podman: look at containers', lookScript, ...names);

function jsonOf(all: readonly Section[], kind: 'spec' | 'oci', id: string): unknown {
  const section = all.find(({name, words}) => name === kind && words[0] === id);
  const parsed = parseParts(section?.text ?? '');
  return parsed.ok ? parsed.value : undefined;
}

function withSpec(raw: unknown, all: readonly Section[]): unknown {
  const id = textAt(raw, 'Id');
  const spec = jsonOf(all, 'spec', id);
  if (spec === undefined) return raw;
  const oci = jsonOf(all, 'oci', id);
  // `generate spec` leaves out the kernel's settings, which the runtime was told all the same
  const sysctl = oci === undefined ? {} : {sysctl: at(oci, 'linux', 'sysctl') ?? {}};
  return {...asRecord(raw), Spec: {...asRecord(spec), ...sysctl}};
}

/**
 * podman's log, which says nothing about the answer, errors in it neither: after a reboot it misses the
 * network of each container that ran, and tells all about it. What it fails of it says as `Error:`.
 */
const harmless = /^time="[^"]*" level=(?!fatal|panic)|^WARN|^ERRO|^\[conmon/;

export function readLook(stdout: string): Result<EngineLook, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const version = /\d+\.\d+\.\d+\S*/.exec(sectionText(all, 'version'))?.[0];
  if (version === undefined) return err('podman does not tell its version');
  const complaint = sectionLines(all, 'complaints').find((line) => !harmless.test(line));
  if (complaint !== undefined) return err(`podman: ${complaint.replace(/^Error:\s*/, '')}`);
  const inspected = parseParts(sectionText(all, 'inspect') || '[]');
  if (!inspected.ok) return err(`podman inspect: ${inspected.error}`);
  const read = asList(inspected.value).map((raw) => readContainer(withSpec(raw, all)));
  const look = gathered(version, read);
  return look.ok ? look : err(`podman inspect: ${look.error}`);
}
