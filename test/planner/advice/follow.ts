import {findNetwork} from '../../../src/engines/oci/networks.js';
import type {HostSurvey, NetworkPool, VolumeFacts} from '../../../src/engines/facts.js';
import {says, shows, surveyOf, withLine, type Side, type World} from './world.js';

/** What a reader has who is refused. */
export interface Advice {
  readonly message: string;
  readonly remedy: string;
}

/** One way that an advice shows, gone in a world. */
export type Way = (world: World, advice: Advice) => World;

function insist(advice: Advice, words: string): void {
  if (!advice.remedy.includes(words))
    throw new Error(`${JSON.stringify(words)} is not advised: ${advice.remedy}`);
}

/** The n-th line of a plan that stands in the advice. */
export const line =
  (n = 0): Way =>
  (world, advice) => {
    const lines = [...advice.remedy.matchAll(/`([a-zA-Z]+: [^`]+)`/gu)].map(
      ([, each]) => each ?? '',
    );
    const [, allowed] = /in the plan: (allow: .*)$/u.exec(advice.remedy) ?? [];
    const found = [...lines, ...(allowed === undefined ? [] : [allowed])][n];
    if (found === undefined) throw new Error(`no line ${n} of a plan in: ${advice.remedy}`);
    return withLine(world, found);
  };

export const use =
  (strategy: 'cold' | 'stateful'): Way =>
  (world, advice) => {
    insist(advice, `"${strategy}"`);
    return says(world, {strategy});
  };

export const connections =
  (what: 'close' | 'keep'): Way =>
  (world, advice) => {
    insist(advice, `"connections: ${what}"`);
    return says(world, {connections: what});
  };

/** Where "there" is. */
const sideIn = ({message}: Advice): Side => (/\bthe source\b/u.test(message) ? 'alpha' : 'beta');

const packages: Readonly<Record<string, string>> = {nftables: 'nft'};

/** Programs and packages that are to be installed are there. */
export const install: Way = (world, advice) => {
  const [, name = ''] = /install (?:the package )?"([^"]+)" there/u.exec(advice.remedy) ?? [];
  if (name === '') throw new Error(`nothing to install in: ${advice.remedy}`);
  const side = sideIn(advice);
  const {programs} = surveyOf(world, side);
  return shows(world, side, {programs: [...programs, packages[name] ?? name]});
};

/** What somebody does who reads these words. */
export const does =
  (words: string, effect: (world: World) => World): Way =>
  (world, advice) => {
    insist(advice, words);
    return effect(world);
  };

type Network = HostSurvey['networks'][number];

/** `podman network create …` as its engine would take it. */
function networkMade(words: readonly string[]): Network {
  const pools: NetworkPool[] = [];
  const options: Record<string, string> = {};
  const labels: Record<string, string> = {};
  const flags = new Set<string>();
  let driver = 'bridge';
  const inLast = (change: Partial<NetworkPool>): void => {
    const last = pools.pop();
    if (last) pools.push({...last, ...change});
  };
  const assign = (to: Record<string, string>, word: string): void => {
    to[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1);
  };
  const valued: Readonly<Record<string, (value: string) => void>> = {
    '-d': (value) => (driver = value),
    '--subnet': (subnet) => void pools.push({subnet}),
    '--gateway': (gateway) => {
      inLast({gateway});
    },
    '--ip-range': (range) => {
      inLast({range});
    },
    '--opt': (value) => {
      assign(options, value);
    },
    '--label': (value) => {
      assign(labels, value);
    },
  };
  const rest = words.slice(3);
  const name = rest.pop() ?? '';
  while (rest.length > 0) {
    const flag = rest.shift() ?? '';
    const take = valued[flag];
    if (take) take(rest.shift() ?? '');
    else if (['--internal', '--ipv6', '--disable-dns'].includes(flag)) flags.add(flag);
    else throw new Error(`no option of network create: ${flag}`);
  }
  return {
    ...{name, driver, pools, options, labels},
    subnets: pools.map(({subnet}) => subnet),
    internal: flags.has('--internal'),
    ipv6: flags.has('--ipv6'),
    ...(words[0] === 'podman' && {dns: !flags.has('--disable-dns')}),
  };
}

/** As a shell cuts a line into words. */
const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:'[^']*'|[^\s'])+/gu)].map(([word]) => word.replaceAll("'", ''));

/** Commands of an engine about networks that the advice names are run on the target. */
export const networkCommands: Way = (world, {remedy}) => {
  const [, removed] = /"(?:podman|docker) network rm ([^"]+)"/u.exec(remedy) ?? [];
  const [made] = /(?:podman|docker) network create [^;]*$/u.exec(remedy) ?? [];
  if (made === undefined) throw new Error(`no network is made in: ${remedy}`);
  const {networks} = surveyOf(world, 'beta');
  const kept = networks.filter(({name}) => name !== removed);
  const network = networkMade(wordsOf(made));
  if (findNetwork(kept, network.name)) throw new Error(`there is a network ${network.name}`);
  return shows(world, 'beta', {networks: [...kept, network]});
};

/** `podman volume create …` as its engine would take it. */
function volumeMade(words: readonly string[]): VolumeFacts {
  const valuesOf = (flag: string): readonly string[] =>
    words.flatMap((word, at) => (word === flag ? [words[at + 1] ?? ''] : []));
  const options: Readonly<Record<string, string>> = Object.fromEntries(
    valuesOf('--opt').map((each) => [each.replace(/=.*/u, ''), each.replace(/^[^=]*=/u, '')]),
  );
  const isBound = options['o']?.includes('bind') === true;
  return {
    ...{name: words.at(-1) ?? '', driver: valuesOf('--driver')[0] ?? 'local', options, labels: {}},
    ...(isBound && {device: {exists: true, empty: false}}),
  };
}

/** Commands of an engine about volumes that the advice names are run on the target. */
export const volumeCommands: Way = (world, {remedy}) => {
  const [, removed] = /"(?:podman|docker) volume rm ([^"]+)"/u.exec(remedy) ?? [];
  const [, made] = /"((?:podman|docker) volume create [^"]*)"/u.exec(remedy) ?? [];
  if (removed === undefined && made === undefined) throw new Error(`no volume in: ${remedy}`);
  const survey = surveyOf(world, 'beta');
  const usage = survey.usage ?? noUsage;
  const kept = usage.volumes.filter((each) => each.name !== removed);
  const volumes = made === undefined ? kept : [...kept, volumeMade(wordsOf(made))];
  const landings = survey.landings.filter((each) => each.name !== removed);
  return shows(world, 'beta', {landings, usage: {...usage, volumes}});
};

export const noUsage = {engineFolders: [], tenants: [], landings: [], volumes: []};

/** One after the other. */
export const both =
  (...ways: readonly Way[]): Way =>
  (world, advice) =>
    ways.reduce((is, way) => way(is, advice), world);
