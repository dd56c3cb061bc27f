import {forOneHost} from './look.js';
import type {Ends} from '../../../doctor/diagnosis.js';
import type {Connected} from '../../../doctor/pair-diagnosis.js';
import {meet, readMet, type Way} from '../../../doctor/way.js';
import {pairKey, type Wishes} from '../../../doctor/wishes.js';
import {fingerprint} from '../../../hosts/ssh/known-hosts.js';
import type {HostName} from '../../../plan/plan.js';
import type {Looking} from '../../../state/host/observe.js';

/** How another host would find this one; undefined for this machine itself, which is nobody's target. */
async function wayTo({transportOf}: Looking, target: HostName): Promise<Way | undefined> {
  const transport = await transportOf(target);
  const endpoint = transport.ok ? await transport.value.endpoint() : undefined;
  if (endpoint?.ok !== true || endpoint.value === undefined) return undefined;
  const {address, port, user, hostKeys} = endpoint.value;
  const [keyType = '', key = ''] = hostKeys[0]?.split(' ') ?? [];
  return {
    target,
    address,
    port,
    user,
    keyType,
    fingerprint: fingerprint(Buffer.from(key, 'base64')),
  };
}

/** All that one source shall meet, in one command. */
async function meetAll(
  looking: Looking,
  source: HostName,
  ways: readonly Way[],
): Promise<readonly (readonly [string, Connected])[]> {
  const transport = await looking.transportOf(source);
  const {signal} = looking;
  const ran = transport.ok && (await transport.value.run(meet(ways), signal && {signal}));
  const met = readMet(ways, ran && ran.ok ? ran.value.stdout : '');
  return ways.map((way, index) => [pairKey(source, way.target), {way, met: met[index]}]);
}

/** Lets every source try to reach its targets, all at once. Pairs that are not in the answer go through the runner. */
export async function tryWays(
  looking: Looking,
  pairs: readonly Ends[],
  reached: ReadonlySet<HostName>,
  {relayed}: Wishes,
): Promise<ReadonlyMap<string, Connected>> {
  const hosts = [...reached];
  const ways = new Map(
    await Promise.all(hosts.map(async (host) => [host, await wayTo(looking, host)] as const)),
  );
  const tries = hosts.map(async (source) => {
    if (ways.get(source) === undefined) return [];
    const targets = pairs.flatMap(([from, to]) => {
      const way = from === source && !relayed.has(pairKey(from, to)) ? ways.get(to) : undefined;
      return way === undefined ? [] : [way];
    });
    return targets.length === 0 ? [] : meetAll(forOneHost(looking), source, targets);
  });
  return new Map((await Promise.all(tries)).flat());
}
