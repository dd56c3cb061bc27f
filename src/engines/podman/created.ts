import {command, script} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Question} from '../engine.js';
import type {ObservedContainer} from '../facts.js';
import {asList, asRecord, at, parseJson} from '../../base/json.js';
import {createArgs} from './create.js';
import {privateValues} from './create-private.js';
import {differences} from './differences.js';

/**
 * podman answers with its own description of what was made, which is held against the source's. What
 * is made is written down in `scratch`: a container of the same name that somebody else has made since
 * the preflight must not be taken for it, and above all not be removed. Values that may be secret come as input, one
 * after the other, each with its number of bytes, and are gone with the script.
 */
const createText = `name=$1 at=$2 scratch=$3 private=$4
(
  umask 077
  mkdir -p "$private"
  head -c "$5" >"$private/environment"
  head -c "$6" >"$private/labels"
  head -c "$7" >"$private/configuration"
)
trap 'rm -rf -- "$private"' EXIT
if [ "$7" -gt 0 ]; then
  CONTAINERS_CONF_OVERRIDE=$private/configuration
  export CONTAINERS_CONF_OVERRIDE
fi
shift 7
if podman container exists "$name"; then
  [ "$(podman container inspect --format '{{.Id}}' -- "$name")" = "$(cat "$scratch/made" 2>/dev/null)" ] || { echo "another container is called $name by now" >&2; exit 73; }
else
  "$@" > "$scratch/made"
fi
[ -L "$at" ] || [ ! -d "$at" ] || rmdir -- "$at"
ln -sfn -- "$(readlink -f -- "$(podman container inspect --format '{{.GraphDriver.Data.UpperDir}}' -- "$name")")" "$at"
podman container inspect -- "$name"`;

/** Makes the same container, and sees that nothing of its configuration was lost. */
export function createQuestion(
  {name, raw}: ObservedContainer,
  at: string,
  scratch: string,
): Question {
  const folder = `${scratch}/private`;
  const argv = createArgs(raw, folder);
  const {environment, labels, configuration} = privateValues(raw);
  const files = [environment, labels, configuration];
  const sizes = files.map((text) => `${new TextEncoder().encode(text).length}`);
  const making = argv.ok ? argv.value : command('false').argv;
  return {
    command: {
      ...script(
        `podman create ${name}`,
        createText,
        name,
        at,
        scratch,
        folder,
        ...sizes,
        ...making,
      ),
      stdin: files.join(''),
    },
    read: (stdout) => compared(raw, stdout, 'made'),
  };
}

/** podman's description of a container on the target is held against the source's. */
function compared(raw: unknown, stdout: string, how: 'made' | 'restored'): Result<string, string> {
  const inspected = parseJson(stdout);
  if (!inspected.ok) return err(`podman inspect: ${inspected.error}`);
  const lost = differences(raw, asList(inspected.value)[0]);
  return lost.length === 0
    ? ok('same configuration')
    : err(`the container ${how} on the target differs: ${lost.join('; ')}`);
}

/** What was restored is compared as what is made anew. Its restart policy was switched off before the freeze, and is put back later. */
export const sameQuestion = ({name, raw}: ObservedContainer): Question => ({
  command: command('podman', 'container', 'inspect', '--', name),
  read: (stdout) =>
    compared(
      {
        ...asRecord(raw),
        HostConfig: {...asRecord(at(raw, 'HostConfig')), RestartPolicy: {Name: 'no'}},
      },
      stdout,
      'restored',
    ),
});
