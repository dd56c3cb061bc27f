import {createHash, randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {demoProblem, shellIn} from './shell.js';
import {imageName, loadImage} from '../lab.js';
import type {Lab} from '../lab-state.js';
import {RedisConnection} from './redis.js';

const values = 2000;
const valueBytes = 100_000;
export const fillBytes = values * valueBytes;

/** The redis' own place on the lab's wire; it moves with the container. */
export const redisAddress = ({subnet}: Pick<Lab, 'subnet'>): string => `${subnet}.20`;
const redisMac = '02:00:00:00:00:20';

/** What an earlier run left: the container, `cm`'s record of its move, and, where the host is to be bare, the image. */
export const clearScript = `
podman rm --force --time 0 --ignore -- "$1" >/dev/null
rm -f "/var/lib/cm/moves/$1.json"
if [ -n "$2" ] && podman image exists "$2"; then podman rmi --force "$2" >/dev/null; fi`;

/** Makes a redis on the lab's network, and waits until it answers. */
export async function startRedis(
  lab: Lab,
  host: string,
  name: string,
): Promise<Result<RedisConnection, Problem>> {
  const loaded = await loadImage(lab, host, 'redis');
  if (!loaded.ok) return loaded;
  const started = await shellIn(
    ...([lab, host, `start the container "${name}"`] as const),
    'podman run --detach --name "$1" --network lan --ip "$2" --mac-address "$3" -- "$4" >/dev/null',
    ...[name, redisAddress(lab), redisMac, imageName('redis')],
  );
  return started.ok ? answering(redisAddress(lab)) : started;
}

async function answering(address: string): Promise<Result<RedisConnection, Problem>> {
  for (let tries = 0; ; tries++) {
    const opened = await RedisConnection.open(address, 6379, 1000);
    if (opened.ok || tries >= 50) return opened;
    await sleep(100);
  }
}

const key = (index: number): string => `fill:${index}`;

/**
 * 200 MB (or as many values as asked for) that nobody can make small for free: hex digits of random bytes compress
 * to a half. What comes back is a fingerprint of all of it.
 */
export async function fillRedis(
  redis: RedisConnection,
  count = values,
): Promise<Result<string, Problem>> {
  const atOnce = 20;
  let digest = '';
  for (let first = 0; first < count; first += atOnce) {
    const batch = Array.from({length: Math.min(atOnce, count - first)}, () =>
      randomBytes(valueBytes / 2).toString('hex'),
    );
    for (const value of batch)
      digest = createHash('sha1').update(digest).update(value).digest('hex');
    const answers = await Promise.all(
      batch.map((value, i) => redis.ask('SET', key(first + i), value)),
    );
    for (const answer of answers) if (!answer.ok) return answer;
  }
  return ok(digest);
}

const digestScript =
  "local s = '' for i = 0, ARGV[1] - 1 do s = redis.sha1hex(s .. redis.call('GET', 'fill:' .. i)) end return s";

/** Whether everything that was filled in is there and as it was, which the redis itself computes. */
export async function checkFill(
  redis: RedisConnection,
  digest: string,
  count = values,
): Promise<Result<void, Problem>> {
  const found = await redis.ask('EVAL', digestScript, '0', String(count));
  if (!found.ok) return found;
  return found.value === digest
    ? ok(undefined)
    : err(demoProblem('the data in redis are no longer what they were'));
}
