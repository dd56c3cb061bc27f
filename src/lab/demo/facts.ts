import type {Problem} from '../../base/problem.js';
import {ok, type Result} from '../../base/result.js';
import {shellInAll} from './shell.js';
import type {Lab} from '../lab-state.js';

/** What podman on one host says about the container. */
export interface Standing {
  readonly host: string;
  /** One text: ID, state, when it was started, when it was restored; undefined where there is no such container. */
  readonly says: string | undefined;
  readonly runs: boolean;
  readonly restoredAt: string | undefined;
}

const standingScript = `
if podman container exists "$1"; then
  podman inspect --format '{{.State.Running}} {{.State.RestoredAt.Unix}} {{.Id}} {{.State.StartedAt}} {{.State.RestoredAt}}' "$1"
fi`;

/** Asked of podman on each host, not of \`cm\`. */
export async function standings(
  lab: Lab,
  hosts: readonly string[],
  name: string,
): Promise<Result<readonly Standing[], Problem>> {
  const answers = await shellInAll(lab, hosts, 'ask podman', standingScript, name);
  if (!answers.ok) return answers;
  return ok(hosts.map((host, i) => standing(host, answers.value[i] ?? '')));
}

function standing(host: string, says: string): Standing {
  if (says === '') return {host, says: undefined, runs: false, restoredAt: undefined};
  const [running, restored] = says.split(' ');
  const at = Number(restored);
  return {
    host,
    says,
    runs: running === 'true',
    restoredAt: at > 0 ? new Date(at * 1000).toISOString().slice(11, 19) : undefined,
  };
}

export const toldShort = ({host, says, runs, restoredAt}: Standing): string => {
  if (says === undefined) return `${host}: no such container`;
  const restored = restoredAt === undefined ? '' : `, restored at ${restoredAt} UTC`;
  return `${host}: ${runs ? 'running' : 'there, not running'}${restored}`;
};

/** What podman has done to containers since then, on all hosts; empty when nothing. */
export async function changesSince(
  lab: Lab,
  hosts: readonly string[],
  sinceMs: number,
): Promise<Result<readonly string[], Problem>> {
  const events = await shellInAll(
    ...([lab, hosts, "read podman's events"] as const),
    'podman events --stream=false --since "$1" --filter type=container --format \'{{.Status}} {{.Name}}\'',
    (sinceMs / 1000).toFixed(3),
  );
  if (!events.ok) return events;
  return ok(
    events.value.flatMap((text, i) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => `${hosts[i] ?? ''}: ${line}`),
    ),
  );
}
