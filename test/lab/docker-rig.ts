import {expect} from 'vitest';
import {startDocker} from '../../src/lab/image/docker.js';
import {imageName, type SampleImage} from '../../src/lab/lab.js';
import type {RedisConnection} from '../../src/lab/demo/redis.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import {until} from '../rig/limits.js';
import {must, type Rig} from './rig.js';

/** All that `docker container inspect` prints, as far as tests look at it. */
export interface Told {
  readonly Id: string;
  readonly Image: string;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly State: {readonly Running: boolean; readonly Pid: number; readonly StartedAt: string};
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>> & {
    readonly RestartPolicy: {readonly Name: string; readonly MaximumRetryCount: number};
  };
  readonly Mounts: readonly Readonly<Record<string, unknown>>[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

/** What an event of docker says about the state of its container. */
const stateAfter = new Map([
  ['create', 'created'],
  ['start', 'running'],
  ['unpause', 'running'],
  ['pause', 'paused'],
  ['die', 'exited'],
]);

/** What must not be there when `cm` is not, besides what `leftovers` looks for. */
const leftScript = `
ls -d /tmp/ctrd-checkpoint* /var/lib/docker/containers/*/checkpoints/cm 2>/dev/null | sed 's/^/checkpoint: /'
[ ! -e /etc/criu ] || find /etc/criu | sed 's/^/file: /'
for folder in /run/docker/runtime-runc/moby/*; do
  [ ! -e "$folder" ] || docker container inspect -- "\${folder##*/}" >/dev/null 2>&1 || echo "state: $folder"
done
true`;

const clearScript = `
docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null
docker volume ls --quiet | xargs -r docker volume rm >/dev/null
for network in own second; do docker network rm "$network" >/dev/null 2>&1 || :; done
rm -rf /etc/criu /tmp/ctrd-checkpoint*`;

/** The engine of a rig's hosts, where it is docker. */
export class DockerRig {
  private readonly rig: Rig;

  constructor(rig: Rig) {
    this.rig = rig;
  }

  /** Daemons with these images in them. */
  async start(images: readonly SampleImage[]): Promise<void> {
    const {lab} = this.rig;
    for (const host of lab.hosts) must(await startDocker(lab, host));
    for (const image of images)
      await this.rig.shell(
        'alpha',
        'docker load --quiet --input "$1" >/dev/null',
        `/opt/cm-lab/images/${image}.tar`,
      );
  }

  async clear(): Promise<void> {
    await this.rig.onAll(clearScript);
    await this.rig.clear();
  }

  async see(host: string, container: string): Promise<Told | undefined> {
    const text = await this.rig.shell(
      host,
      'docker container inspect -- "$1" 2>/dev/null || :',
      container,
    );
    return (JSON.parse(text) as readonly Told[])[0];
  }

  /** Where it is and whether it runs there, such as `alpha stopped, beta running`. */
  async where(container: string): Promise<string> {
    const seen = await Promise.all(
      this.rig.hosts.map(async (host) => {
        const found = await this.see(host, container);
        return found ? [`${host} ${found.State.Running ? 'running' : 'stopped'}`] : [];
      }),
    );
    return seen.flat().join(', ');
  }

  /** CRIU's own word for it, in the folder of this life of the container. */
  async restored(host: string, container: string): Promise<boolean> {
    const answer = await this.rig.shell(
      host,
      `pid=$(docker container inspect --format '{{.State.Pid}}' -- "$1")
shim=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status")
if [ -s "/proc/$shim/cwd/work/stats-restore" ]; then echo yes; else echo no; fi`,
      container,
    );
    return answer === 'yes';
  }

  /** Nothing of a move is left on any host. */
  async expectClean(): Promise<void> {
    expect(await this.rig.leftovers()).toEqual([]);
    expect((await this.rig.onAll(leftScript)).join('')).toBe('');
  }

  /** All that docker on every host has done to containers and volumes, but for checks of health, which come at any time. */
  async events(): Promise<string> {
    const told = await this.rig.onAll(
      `docker events --since 24h --until 0s --filter type=container --filter type=volume --format '{{.TimeNano}} {{.Action}} {{.Actor.ID}}' | grep -Ev ' (exec_|health_status)' || :`,
    );
    return told.join('\n--\n');
  }

  /**
   * The same, once the daemon has told what brought each container to its state: it tells the end of a process
   * some time after the state is known.
   */
  async settledEvents(): Promise<string> {
    let events = '';
    await until(async () => {
      const all = 'docker ps --all --no-trunc --format "{{.ID}} {{.State}}"';
      const states = (await this.rig.onAll(all)).flatMap((told) => told.split('\n'));
      events = await this.events();
      const told = events.split('\n').map((line) => line.split(' '));
      return states.filter(Boolean).every((line) => {
        const [id, state] = line.split(' ');
        const last = told.findLast(([, action = '', of]) => of === id && stateAfter.has(action));
        return stateAfter.get(last?.[1] ?? '') === state;
      });
    });
    return events;
  }

  /** Writes a plan; the text is all that follows the hosts. */
  async plan(name: string, text: string): Promise<string> {
    return this.rig.plan(name, text, hostsBlock(this.rig.lab));
  }

  /** `docker run` on a host; the words are its own. */
  async run(host: string, ...words: readonly string[]): Promise<void> {
    await this.rig.shell(
      host,
      'docker run --detach --stop-timeout 1 "$@" >/dev/null 2>/run/said || { cat /run/said >&2; exit 1; }',
      ...words,
    );
  }

  /** A redis with an address of its own on the lab's wire, which answers. */
  async redis(
    host: string,
    name: string,
    last: number,
    ...words: readonly string[]
  ): Promise<RedisConnection> {
    const network = ['--network', 'lan', '--ip', this.rig.ip(last)];
    await this.run(host, '--name', name, ...network, ...words, imageName('redis'));
    return this.rig.redisAt(last);
  }
}
