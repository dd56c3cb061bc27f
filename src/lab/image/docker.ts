import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {type Lab, type LabHost, networkOf} from '../lab-state.js';
import {runInHost} from '../host/ssh.js';
import {tail} from './tool.js';

const startScript = `
docker info >/dev/null 2>&1 && exit 0
rm -f /run/docker.pid
echo '{"experimental": true, "storage-driver": "overlay2"}' >/run/docker.json
setsid dockerd --config-file /run/docker.json >/var/log/dockerd.log 2>&1 </dev/null &
n=0
until docker info >/dev/null 2>&1; do
  n=$((n + 1)); [ $n -lt 100 ] || { tail -n 5 /var/log/dockerd.log >&2; exit 1; }
  sleep 0.2
done
docker network inspect lan >/dev/null 2>&1 ||
  docker network create --driver macvlan --opt parent=eth0 --subnet "$1" --gateway "$2" --ip-range "$3" lan >/dev/null
`;

/**
 * Starts the host's docker daemon, which does not run by itself, as it is set up where nobody has changed
 * anything but to have checkpoints, with the same network `lan` that podman has.
 */
export async function startDocker(lab: Lab, host: LabHost): Promise<Result<void, Problem>> {
  const ran = await runInHost(lab, host.name, [
    ...(['sh', '-euc', startScript, 'docker'] as const),
    ...networkOf(lab, host),
  ]);
  if (!ran.ok) return ran;
  if (ran.value.exitCode === 0) return ok(undefined);
  return err({
    kind: 'step',
    code: 'lab-docker-failed',
    message: `docker did not start on host "${host.name}"`,
    host: host.name,
    log: tail(ran.value.stderr),
  });
}
