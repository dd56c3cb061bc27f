import {apiText} from './api.js';
import {script} from '../../base/command.js';
import {err, ok} from '../../base/result.js';
import {createBody, hostNameOf} from './body.js';
import {differences} from './differences.js';
import type {Pair, Question} from '../engine.js';
import {asList, parseJson, textAt} from '../../base/json.js';

/**
 * `$1` name, `$2` where the link to the writable layer goes, `$3` scratch, then the networks to join.
 * Standard input is one line of JSON each for the creation and for every network: variables may be
 * secret, and words of a command can be read by every user of a host. What is made is written down in
 * `scratch`, before it joins the networks: a container of the same name that somebody else has made
 * since the preflight must not be taken for it, and above all not be removed.
 */
const createText = `name=$1 at=$2 scratch=$3; shift 3
umask 077
${apiText}
known() { docker container inspect --format '{{.Id}}' -- "$1" 2>/dev/null; }
if there=$(known "$name"); then
  [ "$there" = "$(cat "$scratch/made" 2>/dev/null)" ] || { echo "another container is called $name by now" >&2; exit 73; }
  cat > /dev/null
else
  cat > "$scratch/bodies"
  trap 'rm -f "$scratch/body" "$scratch/bodies" "$scratch/answer"' EXIT
  sed -n 1p "$scratch/bodies" > "$scratch/body"
  api POST "/containers/create?name=$name" "$scratch/body"
  known "$name" > "$scratch/made"
  line=1
  for network in "$@"; do
    line=$((line + 1))
    sed -n "\${line}p" "$scratch/bodies" > "$scratch/body"
    api POST "/networks/$network/connect" "$scratch/body" || { docker rm --force -- "$name" >/dev/null; exit 1; }
  done
fi
upper=$(docker container inspect --format '{{.GraphDriver.Data.UpperDir}}' -- "$name")
[ -L "$at" ] || [ ! -d "$at" ] || rmdir -- "$at"
ln -sfn -- "$(readlink -f -- "$upper")" "$at"
docker container inspect -- "$name"`;

/** Makes the same container, and sees that nothing of its configuration was lost. */
export function createQuestion(pair: Pair, at: string, scratch: string, pinned: boolean): Question {
  const {name, raw} = pair.container;
  const {create, joins} = createBody(pair, pinned);
  const lines = [
    create,
    ...joins.map(({settings}) => ({Container: name, EndpointConfig: settings})),
  ];
  const hosts = {source: hostNameOf(pair.source), target: hostNameOf(pair.target)};
  return {
    command: {
      ...script(
        `docker create ${name}`,
        createText,
        name,
        at,
        scratch,
        ...joins.map(({network}) => encodeURIComponent(network)),
      ),
      stdin: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    },
    read: (stdout) => {
      const inspected = parseJson(stdout);
      if (!inspected.ok) return err(`docker inspect: ${inspected.error}`);
      const made = asList(inspected.value)[0];
      if (textAt(made, 'Id') === '') return err('docker inspect: no container');
      const lost = differences(raw, made, hosts);
      return lost.length === 0
        ? ok('same configuration')
        : err(`the container made on the target differs: ${lost.join('; ')}`);
    },
  };
}
