import {script, type Command} from '../../base/command.js';
import {err, type Result} from '../../base/result.js';
import {gathered} from '../oci/container-words.js';
import {readContainer} from './inspect.js';
import type {EngineLook} from '../facts.js';
import {asList, parseParts} from '../../base/json.js';
import {scriptHead, sectionLines, sections, sectionText} from '../host/sections.js';

/**
 * Shell functions for a process that docker runs. Its parent is the shim of containerd, which stands in
 * the folder of this one life of the container; CRIU writes `stats-restore` there when it restored it,
 * and a fresh start begins with an empty folder.
 */
export const shimText = `shim_of() { sed -n 's/^PPid:[^0-9]*//p' "/proc/$1/status" 2>/dev/null; }
was_restored() { [ -e "/proc/$(shim_of "$1")/cwd/work/stats-restore" ]; }`;

/**
 * Three docker processes, however many names. docker exits 1 when a name does not exist and still prints
 * the others; any other complaint is passed on, so that a daemon in trouble is not taken for an empty one.
 * podman has a program `docker` of its own, which is not docker.
 */
/** `more`: what is told of each process, `$pid`. */
export const lookText = (more = ''): string => `${scriptHead}
${shimText}
command -v docker >/dev/null 2>&1 || exit 127
case $(docker --version 2>/dev/null) in *[Pp]odman*) exit 127 ;; esac
version=$(docker version --format '{{.Server.Version}}' 2>&1) || { printf '%s\\n' "$version" >&2; exit 1; }
section version
printf '%s\\n' "$version"
section complaints
if [ $# -gt 0 ]; then
  exec 3>&1
  found=$({ docker container inspect -- "$@" 2>&1 >&4 | grep -viE 'no such container' >&3 || :; } 4>&1)
  exec 3>&-
  section inspect
  printf '%s\\n' "$found"
  for pid in $(printf '%s\\n' "$found" | sed -n 's/^ *"Pid": \\([1-9][0-9]*\\),$/\\1/p'); do
    if was_restored "$pid"; then section restored "$pid"; fi
    ${more}
  done
fi
section end`;

/** Exits 127 when docker is not there. */
export const look = (names: readonly string[]): Command =>
  script('docker: look at containers', lookText(), ...names);

export function readLook(stdout: string): Result<EngineLook, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const version = /\d+\.\d+\.\d+\S*/.exec(sectionText(all, 'version'))?.[0];
  if (version === undefined) return err('docker does not tell its version');
  const [complaint] = sectionLines(all, 'complaints');
  if (complaint !== undefined)
    return err(`docker: ${complaint.replace(/^Error(?: response from daemon)?:\s*/, '')}`);
  const inspected = parseParts(sectionText(all, 'inspect') || '[]');
  if (!inspected.ok) return err(`docker inspect: ${inspected.error}`);
  const restored = new Set(
    all.flatMap(({name, words}) => (name === 'restored' ? [Number(words[0])] : [])),
  );
  const read = asList(inspected.value).map((raw) => readContainer(raw, restored));
  const look = gathered(version, read);
  return look.ok ? look : err(`docker inspect: ${look.error}`);
}
