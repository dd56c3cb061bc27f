import {stat} from 'node:fs/promises';
import {isIP} from 'node:net';
import {resolve} from 'node:path';
import type {Problem} from '../../base/problem.js';
import {ok, type Result} from '../../base/result.js';
import type {Host, HostName, Plan} from '../../plan/plan.js';
import type {Context} from './context.js';
import {loadPlans} from './load-plans.js';

/** The hosts that are meant, each under a name of its own. */
export interface NamedHosts {
  readonly hosts: readonly Host[];
  /** Those whose wishes count. */
  readonly plans: readonly Plan[];
  /** What the plan's host is called among `hosts`. */
  readonly nameOf: (plan: Plan, host: HostName) => HostName;
}

const isFolder = async (context: Context, word: string): Promise<boolean> => {
  const found = await stat(resolve(context.machine.cwd, word)).catch(() => undefined);
  return found?.isDirectory() === true;
};

/** Hosts have no slash in their names, and plans end in .yaml; a bare word is a plan only where such a folder is. */
const isPlanWord = async (context: Context, word: string): Promise<boolean> =>
  word === '-' || /\.ya?ml$/u.test(word) || word.includes('/') || (await isFolder(context, word));

const identity = ({address, peerAddress, engine, ssh}: Host): string =>
  JSON.stringify([address, peerAddress, engine, ssh]);

/** Plans that share a host share its name; where one name means two hosts, each gets its plan's name too. */
function naming(plans: readonly Plan[]): NamedHosts['nameOf'] {
  const meant = new Map<HostName, Set<string>>();
  for (const host of plans.flatMap(({hosts}) => [...hosts.values()]))
    meant.set(host.name, (meant.get(host.name) ?? new Set()).add(identity(host)));
  return (plan, name) => ((meant.get(name)?.size ?? 0) > 1 ? `${name} (${plan.name})` : name);
}

const atAddress = (address: string): Host => ({name: address, address, labels: {}, ssh: {}});

/** Of plans alone. */
function hostsOf(plans: readonly Plan[]): NamedHosts {
  const nameOf = naming(plans);
  const byName = new Map(
    plans.flatMap((plan) =>
      [...plan.hosts.values()].map((host) => {
        const name = nameOf(plan, host.name);
        return [name, {...host, name}] as const;
      }),
    ),
  );
  return {hosts: [...byName.values()], plans, nameOf};
}

/** A name of the plans, or else an address. */
function choose(known: NamedHosts, words: readonly string[]): NamedHosts {
  if (words.length === 0) return known;
  const hosts = words.flatMap((each) => {
    const named = known.hosts.filter(({name}) => name === each || name.startsWith(`${each} (`));
    return named.length > 0 ? named : [atAddress(each)];
  });
  return {...known, hosts: [...new Map(hosts.map((host) => [host.name, host])).values()]};
}

const isAddress = (word: string): boolean =>
  word === 'local' || word.includes('@') || isIP(word) !== 0;

/** Whom the words of the command line mean. */
export async function findHosts(
  context: Context,
  words: readonly string[],
  files: readonly string[],
): Promise<Result<NamedHosts, readonly Problem[]>> {
  const kinds = await Promise.all(words.map((each) => isPlanWord(context, each)));
  const named = words.filter((_word, index) => kinds[index] === false);
  const planned = [...files, ...words.filter((_word, index) => kinds[index] === true)];
  const nobody: NamedHosts = {hosts: [], plans: [], nameOf: (_plan, host) => host};
  if (planned.length === 0) {
    const needsPlans = named.length === 0 || !named.every(isAddress);
    if (!needsPlans || !(await isFolder(context, 'plans')))
      return ok(choose(nobody, named.length === 0 ? ['local'] : named));
  }
  const loaded = await loadPlans(context, planned);
  return loaded.ok ? ok(choose(hostsOf(loaded.value.plans), named)) : loaded;
}
