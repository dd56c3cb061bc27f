import type {PlanDocument} from '../generated/document.js';
import type {Finding} from './finding.js';
import {quote} from '../parse/quote.js';
import {suggest} from './suggest.js';

type Waits = ReadonlyMap<string, readonly string[]>;

/** The containers that are in a cycle or wait for one that is: what is left when the others are done. */
function findStuck(waits: Waits): ReadonlySet<string> {
  const open = new Map([...waits].map(([name, needs]) => [name, needs.length]));
  const dependants = new Map<string, string[]>();
  for (const [name, needs] of waits) {
    for (const need of needs) dependants.set(need, [...(dependants.get(need) ?? []), name]);
  }
  const ready = [...open].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    open.delete(name);
    for (const dependant of dependants.get(name) ?? []) {
      const left = (open.get(dependant) ?? 0) - 1;
      open.set(dependant, left);
      if (left === 0) ready.push(dependant);
    }
  }
  return new Set(open.keys());
}

/** A way from a stuck container to one that it meets again. */
function followCycle(start: string, waits: Waits, stuck: ReadonlySet<string>): readonly string[] {
  const order: string[] = [];
  const visited = new Map<string, number>();
  for (let name = start; !visited.has(name);) {
    visited.set(name, order.length);
    order.push(name);
    name = waits.get(name)?.find((need) => stuck.has(need)) ?? name;
  }
  const last = order.at(-1) ?? start;
  const again = waits.get(last)?.find((need) => stuck.has(need)) ?? last;
  const cycle = order.slice(visited.get(again) ?? 0);
  // Begin with the one that the file names first.
  const first = [...waits.keys()].find((name) => cycle.includes(name)) ?? start;
  const turn = cycle.indexOf(first);
  return [...cycle.slice(turn), ...cycle.slice(0, turn)];
}

function describeCycle(cycle: readonly string[], data: PlanDocument): Finding {
  const [first = '', second = first] = cycle;
  const last = cycle.at(-1) ?? first;
  const itemPath = (name: string, need: string) => {
    const index = data.containers[name]?.dependsOn?.indexOf(need) ?? 0;
    return ['containers', name, 'dependsOn', String(index)];
  };
  const way = [...cycle, first].map(quote).join(' → ');
  return {
    code: 'dependency-cycle',
    message:
      cycle.length === 1
        ? `${quote(first)} depends on itself`
        : `containers wait in a circle: ${way}`,
    remedy: 'remove one of them from "dependsOn"',
    path: itemPath(first, second),
    ...(cycle.length > 1 && {
      other: {path: itemPath(last, first), part: 'value' as const, note: 'closes the circle'},
    }),
  };
}

function findCycles(data: PlanDocument): readonly Finding[] {
  const findings: Finding[] = [];
  const waits = new Map(
    Object.entries(data.containers).map(([name, {dependsOn = []}]) => [
      name,
      [...new Set(dependsOn)].filter((need) => Object.hasOwn(data.containers, need)),
    ]),
  );
  for (let stuck = findStuck(waits); stuck.size > 0; stuck = findStuck(waits)) {
    const [start = ''] = stuck;
    const cycle = followCycle(start, waits, stuck);
    findings.push(describeCycle(cycle, data));
    for (const name of cycle) waits.set(name, []);
  }
  return findings;
}

/** What is wrong with `dependsOn`: names of no container, names written twice, circles. */
export function checkDependencies(
  data: PlanDocument,
  containers: ReadonlySet<string>,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [name, {dependsOn = []}] of Object.entries(data.containers)) {
    dependsOn.forEach((need, index) => {
      const path = ['containers', name, 'dependsOn', String(index)];
      if (!containers.has(need)) {
        const message = `unknown container ${quote(need)}`;
        const remedy = suggest(need, containers) ?? 'name a container of this plan';
        findings.push({code: 'unknown-container', message, remedy, path});
      } else if (dependsOn.indexOf(need) !== index) {
        const message = `${quote(need)} is named twice`;
        findings.push({code: 'duplicate-item', message, remedy: 'remove one of them', path});
      }
    });
  }
  return [...findings, ...findCycles(data)];
}
