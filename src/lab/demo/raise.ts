import type {Problem} from '../../base/problem.js';
import {ok, type Result} from '../../base/result.js';
import {exists, rootAt} from '../image/build.js';
import {readCaveats} from '../caveats.js';
import {clearScript, fillBytes, fillRedis, redisAddress, startRedis} from './demo-redis.js';
import {shellIn} from './shell.js';
import {seconds} from './text.js';
import {imageName} from '../lab.js';
import {addressOf, type Lab} from '../lab-state.js';
import type {LabPlace, Say} from '../place.js';
import {recipe, recipeHash} from '../image/recipe.js';
import type {RedisConnection} from './redis.js';
import {up} from '../up.js';

export const from = 'alpha';
export const to = 'beta';
export const both = [from, to] as const;
export const container = 'redis';

/** Two hosts that run; the first time on a machine their root filesystem is built. */
export async function raiseHosts(
  place: LabPlace,
  name: string,
  say: Say,
): Promise<Result<Lab, Problem>> {
  for (const caveat of await readCaveats()) say(`note: ${caveat}; the redis here is root's`);
  if (!(await exists(rootAt(place, recipeHash(recipe)).rootfs))) {
    say('their root filesystem is not built yet: about two minutes, this once');
  }
  const began = performance.now();
  const lab = await up(place, {lab: name, hosts: both, say});
  if (!lab.ok) return lab;
  const addresses = lab.value.hosts.map((host) => `${host.name} ${addressOf(lab.value, host)}`);
  say(
    `${addresses.join(', ')}; each with podman, CRIU and sshd of its own (${seconds(performance.now() - began)})`,
  );
  return lab;
}

export interface Filled {
  readonly redis: RedisConnection;
  /** Of the data. */
  readonly digest: string;
}

/** A redis with data on the first host and nothing of it on the second, whatever an earlier run has left. */
export async function raiseRedis(lab: Lab, say: Say): Promise<Result<Filled, Problem>> {
  const cleared = await Promise.all([
    shellIn(lab, from, 'remove what was left', clearScript, container, ''),
    shellIn(lab, to, 'remove what was left', clearScript, container, imageName('redis')),
  ]);
  for (const each of cleared) if (!each.ok) return each;
  const began = performance.now();
  const redis = await startRedis(lab, from, container);
  if (!redis.ok) return redis;
  const digest = await fillRedis(redis.value);
  if (!digest.ok) return digest;
  const took = seconds(performance.now() - began);
  say(
    `it answers at ${redisAddress(lab)}, an address that moves with it, and holds ${fillBytes / 1e6} MB of random data (${took})`,
  );
  say(`${to} has neither the container nor its image`);
  return ok({redis: redis.value, digest: digest.value});
}
