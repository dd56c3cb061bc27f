import {command, script} from '../base/command.js';
import {err, ok} from '../base/result.js';
import type {Question} from './engine.js';
import type {ObservedContainer} from './facts.js';
import {asList, parseJson} from './json.js';
import {createArgs} from './podman-create.js';
import {differences} from './podman-differences.js';

/** podman answers with its own description of what was made, which is held against the source's. */
const createText = `name=$1 at=$2; shift 2
podman container exists "$name" || "$@" >/dev/null
[ -L "$at" ] || [ ! -d "$at" ] || rmdir -- "$at"
ln -sfn -- "$(podman container inspect --format '{{.GraphDriver.Data.UpperDir}}' -- "$name")" "$at"
podman container inspect -- "$name"`;

/** Makes the same container, and sees that nothing of its configuration was lost. */
export function createQuestion({name, raw}: ObservedContainer, at: string): Question {
  const argv = createArgs(raw);
  const making = argv.ok ? argv.value : command('false').argv;
  return {
    command: script(`podman create ${name}`, createText, name, at, ...making),
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
