import {parseDuration} from '../../base/units.js';
import {checkDependencies} from './dependencies.js';
import {checkHooks} from './hooks.js';
import {checkPowers} from './powers.js';
import type {BudgetDocument, PlanDocument, StrategyDocument} from '../generated/document.js';
import type {Finding} from './finding.js';
import {quote, quoteSome} from '../parse/quote.js';
import {suggest} from './suggest.js';
import {isDataMap, type Path} from '../parse/yaml-document.js';

/** The names that a document gives, also those whose settings are wrong. */
export interface Names {
  readonly hosts: ReadonlySet<string>;
  readonly containers: ReadonlySet<string>;
}

export function readNames(data: unknown): Names {
  const keys = (section: string): ReadonlySet<string> => {
    const map = isDataMap(data) ? data[section] : undefined;
    return new Set(isDataMap(map) ? Object.keys(map) : []);
  };
  return {hosts: keys('hosts'), containers: keys('containers')};
}

function checkPort(address: string | undefined, path: Path): readonly Finding[] {
  const port = /^(?:[^:]*|.*\]):(?<port>[^:]*)$/u.exec(address ?? '')?.groups?.['port'];
  if (port === undefined) return [];
  if (/^[0-9]{1,5}$/u.test(port) && Number(port) >= 1 && Number(port) <= 65535) return [];
  const message = `${quote(port)} is not a port`;
  const remedy = 'write a number from 1 to 65535 after the colon';
  return [{code: 'bad-port', message, remedy, path, ...(port !== '' && {within: port})}];
}

function checkHosts(data: PlanDocument): readonly Finding[] {
  return Object.entries(data.hosts).flatMap(([name, {address, peerAddress}]) => [
    ...checkPort(address, ['hosts', name, 'address']),
    ...checkPort(peerAddress, ['hosts', name, 'peerAddress']),
  ]);
}

function checkStrategy(strategy: StrategyDocument | undefined, path: Path): readonly Finding[] {
  if (!Array.isArray(strategy)) return [];
  return strategy.flatMap((word, index) => {
    if (strategy.indexOf(word) === index) return [];
    const message = `${quote(word)} is named twice`;
    const item = [...path, String(index)];
    return [{code: 'duplicate-item', message, remedy: 'remove one of them', path: item}];
  });
}

function checkBudget(
  written: BudgetDocument | undefined,
  inherited: BudgetDocument | undefined,
  path: Path,
): readonly Finding[] {
  if (!written) return [];
  const {downtime, total} = {...inherited, ...written};
  if (downtime === undefined || total === undefined) return [];
  if ((parseDuration(downtime) ?? 0) <= (parseDuration(total) ?? 0)) return [];
  const pathOf = (key: 'downtime' | 'total'): Path =>
    written[key] === undefined ? ['defaults', 'budget', key] : [...path, key];
  const message = `a downtime of ${quote(downtime)} does not fit into a total of ${quote(total)}`;
  const other = {path: pathOf('total'), part: 'value' as const, note: 'the total'};
  const remedy = 'the downtime is a part of the total: make one shorter or the other longer';
  return [{code: 'budget-too-small', message, remedy, path: pathOf('downtime'), other}];
}

function checkContainers(data: PlanDocument, names: Names): readonly Finding[] {
  const {budget, strategy} = data.defaults ?? {};
  const ofDefaults = [
    ...checkStrategy(strategy, ['defaults', 'strategy']),
    ...checkBudget(budget, undefined, ['defaults', 'budget']),
  ];
  const ofContainers = Object.entries(data.containers).flatMap(([name, container]) => {
    const path = ['containers', name];
    const findings: Finding[] = [];
    if (!names.hosts.has(container.on)) {
      const message = `unknown host ${quote(container.on)}`;
      const hosts = [...names.hosts];
      const remedy = suggest(container.on, hosts) ?? `the hosts are ${quoteSome(hosts, 'and')}`;
      findings.push({code: 'unknown-host', message, remedy, path: [...path, 'on']});
    }
    return [
      ...findings,
      ...checkStrategy(container.strategy, [...path, 'strategy']),
      ...checkBudget(container.budget, budget, [...path, 'budget']),
    ];
  });
  return [...ofDefaults, ...ofContainers];
}

/** What is wrong with a document of the right shape. */
export const checkMeaning = (data: PlanDocument, names: Names): readonly Finding[] => [
  ...checkHosts(data),
  ...checkContainers(data, names),
  ...checkDependencies(data, names.containers),
  ...checkHooks(data),
  ...checkPowers(data),
];

/** What is allowed, and most likely not what was meant. */
export function findWarnings(data: PlanDocument): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Map<string, {readonly first: string; readonly engine: string | undefined}>();
  for (const [name, {address, ssh, engine}] of Object.entries(data.hosts)) {
    const key = JSON.stringify([address, ssh?.config]);
    const {first, engine: other} = seen.get(key) ?? {first: undefined, engine: undefined};
    if (first === undefined) seen.set(key, {first: name, engine});
    // Two engines of one machine are two hosts of a plan.
    const engines = engine !== undefined && other !== undefined && engine !== other;
    if (first === undefined || engines) continue;
    const message = `hosts ${quote(first)} and ${quote(name)} have the same address`;
    const same = {path: ['hosts', first, 'address'], part: 'value' as const, note: 'the same'};
    const path = ['hosts', name, 'address'];
    const remedy = 'use one name for one machine';
    findings.push({code: 'same-address', message, remedy, path, other: same});
  }
  if (Object.keys(data.containers).length === 0) {
    const message = 'the plan has no containers, so there is nothing to do';
    findings.push({code: 'no-containers', message, path: ['containers'], part: 'key'});
  }
  return findings;
}
