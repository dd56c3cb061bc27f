import {enginesOf} from '../../src/engines/registry.js';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {parse} from 'yaml';
import {expect, test} from 'vitest';
import type {HostSurvey, ObservedContainer} from '../../src/engines/facts.js';
import {podman} from '../../src/engines/podman/podman.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import {readPlans} from '../../src/plan/read.js';
import {renderPlan} from '../../src/report/text/plan-text.js';
import type {HostView, MoveRecord} from '../../src/state/host/observed.js';
import {world} from '../plan/world.js';
import {expectSealed} from './sealed.js';
import {found, observed, record, survey, view} from './world.js';

// Each file is a plan, a line of dashes, what was observed (only what differs from an ordinary host), a
// line of dashes, and exactly what `cm plan --explain` prints. UPDATE_GOLDEN=1 writes what is printed now.
const folder = new URL('../golden/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.plantest'));
const line = '----------\n';

interface Told {
  readonly containers?: Readonly<Record<string, Partial<ObservedContainer>>>;
  readonly records?: Readonly<Record<string, Partial<MoveRecord>>>;
  readonly survey?: Partial<HostSurvey>;
}

const hostView = (host: string, told: Told): HostView =>
  view(host, {
    look: {
      version: '5.4.2',
      containers: Object.entries(told.containers ?? {}).map(([name, {state, ...more}]) =>
        found(name, state, more),
      ),
    },
    records: Object.entries(told.records ?? {}).map(([container, {phase, ...more}]) =>
      record(phase ?? 'leaving', {container, id: `id-${container}`, ...more}),
    ),
    survey: survey(told.survey),
  });

async function print(plan: string, hosts: string): Promise<string> {
  const read = await readPlans('plan.yaml', plan, world);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const seen = observed(
    ...Object.entries(parse(hosts) as Record<string, Told | null>).map(([host, told]) =>
      hostView(host, told ?? {}),
    ),
  );
  return read.value.plans
    .map((one) => {
      const planned = planMoves({
        plan: one,
        observed: seen,
        engines: enginesOf([podman]),
        run: 'r1',
        at: '2026-01-01T00:00:00Z',
      });
      for (const lane of planned.graph.lanes) expectSealed(lane);
      return `${renderPlan(planned, {color: false, unicode: true, explain: true})}\n`;
    })
    .join('\n');
}

test.each(files)('%s', async (file) => {
  const url = new URL(file, folder);
  const [plan = '', hosts = '', expected] = readFileSync(url, 'utf8').split(line);
  const printed = await print(plan, hosts);
  if (process.env['UPDATE_GOLDEN'] === '1')
    writeFileSync(url, plan + line + hosts + line + printed);
  else expect(printed).toBe(expected);
});

test('there are enough of them', () => {
  expect(files.length).toBeGreaterThanOrEqual(10);
});
