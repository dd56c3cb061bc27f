import {enginesOf} from '../../src/engines/registry.js';
import {createHash} from 'node:crypto';
import {podman} from '../../src/engines/podman/podman.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {questions} from '../../src/planner/questions.js';
import type {Planned} from '../../src/planner/change.js';
import type {Weight} from '../../src/engines/facts.js';
import type {Plan} from '../../src/plan/plan.js';
import {readPlans} from '../../src/plan/read.js';
import type {HostView} from '../../src/state/host/observed.js';
import {found, living, observed, survey} from '../planner/world.js';

/** The plans of a file as `cm` reads them. */
export async function readPlan(file: string, text: string): Promise<Plan> {
  const sha256 = (each: string): string => createHash('sha256').update(each).digest('hex');
  const read = await readPlans(file, text, {env: {}, sha256, resolvePath: (path) => path});
  const [plan] = read.ok ? read.value.plans : [];
  if (plan === undefined) throw new Error(JSON.stringify(read));
  return plan;
}

const weight = (container: string): Weight => ({
  ...{container, memory: 50e6, processes: 1, established: 0, rootfs: 0},
  ...{mounts: {}, blockers: [], locks: false},
});

const wire = {name: 'lan', driver: 'macvlan', subnets: ['10.0.0.0/8']};

/**
 * What `cm plan` decides when the hosts' answers are there already: the first `moving` containers are on `alpha` and
 * belong elsewhere, and the others are where they belong.
 */
export function planOffline(plan: Plan, moving: number): Planned {
  const at = new Map<string, ReturnType<typeof found>[]>();
  [...plan.containers.values()].forEach(({name, on}, index) => {
    const host = index < moving ? 'alpha' : on;
    const ip = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    const addresses = [{network: 'lan', ip, mac: '', fixed: true}];
    at.set(host, [...(at.get(host) ?? [])].concat(found(name, 'running', {addresses})));
  });
  const views = [...plan.hosts.keys()].map((host) => living(host, ...(at.get(host) ?? [])));
  const inputs = {
    ...{plan, run: 'bench', at: '2026-01-01T00:00:00Z'},
    engines: enginesOf([podman]),
  };
  const seen = observed(...views);
  const asked = questions({...inputs, observed: seen});
  const surveyed = views.map((view): HostView => {
    const weights = (asked.get(view.host)?.leaving ?? []).map(({name}) => weight(name));
    return {...view, survey: survey({weights, networks: [wire]})};
  });
  return planMoves({...inputs, observed: observed(...surveyed)});
}
