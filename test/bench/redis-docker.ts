import {redisAddress} from '../../src/lab/demo/demo-redis.js';
import {startDocker} from '../../src/lab/image/docker.js';
import {imageName} from '../../src/lab/lab.js';
import {must} from './bench-lab.js';
import {container, type RedisKind} from './redis-rig.js';

/**
 * A redis in docker, with an address of its own on the lab's wire. docker has no option for connections, so
 * CRIU's own file says that they are to be kept, for both sides and for the whole bench.
 */
export const inDocker: RedisKind = {
  engine: 'docker',
  scripts: ['naive-docker'],
  prepare: async (lab) => {
    for (const host of lab.lab.hosts) must(await startDocker(lab.lab, host));
    await lab.onAll(
      `docker load --quiet --input /opt/cm-lab/images/redis.tar >/dev/null
mkdir -p /etc/criu
echo tcp-established > /etc/criu/runc.conf`,
    );
  },
  clear: `docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null
rm -rf /tmp/ctrd-checkpoint*`,
  start: async (lab) => {
    await lab.shell(
      'alpha',
      'docker run --detach --name "$1" --network lan --ip "$2" --mac-address 02:00:00:00:00:20 "$3" >/dev/null',
      ...[container, redisAddress(lab.lab), imageName('redis')],
    );
    return lab.connect(20);
  },
  where: 'docker ps --all --format "{{.State}}"',
};
