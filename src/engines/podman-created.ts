import {command, script} from '../base/command.js';
import {err, ok} from '../base/result.js';
import type {Question} from './engine.js';
import type {ObservedContainer} from './facts.js';
import {asList, parseJson} from './json.js';
import {createArgs} from './podman-create.js';
import {differences} from './podman-differences.js';

/**
 * podman answers with its own description of what was made, which is held against the source's. What
 * is made is written down in `scratch`: a container of the same name that somebody else has made since
 * the preflight must not be taken for it, and above all not be removed.
 */
const createText = `name=$1 at=$2 scratch=$3; shift 3
if podman container exists "$name"; then
  [ "$(podman container inspect --format '{{.Id}}' -- "$name")" = "$(cat "$scratch/made" 2>/dev/null)" ] || { echo "another container is called $name by now" >&2; exit 73; }
else
  "$@" > "$scratch/made"
fi
[ -L "$at" ] || [ ! -d "$at" ] || rmdir -- "$at"
ln -sfn -- "$(podman container inspect --format '{{.GraphDriver.Data.UpperDir}}' -- "$name")" "$at"
podman container inspect -- "$name"`;

/** Makes the same container, and sees that nothing of its configuration was lost. */
export function createQuestion(
  {name, raw}: ObservedContainer,
  at: string,
  scratch: string,
): Question {
  const argv = createArgs(raw);
  const making = argv.ok ? argv.value : command('false').argv;
  return {
    command: script(`podman create ${name}`, createText, name, at, scratch, ...making),
    read: (stdout) => {
      const inspected = parseJson(stdout);
      if (!inspected.ok) return err(`podman inspect: ${inspected.error}`);
      const lost = differences(raw, asList(inspected.value)[0]);
      return lost.length === 0
        ? ok('same configuration')
        : err(`the container made on the target differs: ${lost.join('; ')}`);
    },
  };
}
