import {expect, test} from 'vitest';
import type {Command} from '../../src/base/command.js';
import {engines} from '../../src/engines/registry.js';
import type {HostSurvey} from '../../src/engines/facts.js';
import {planMoves} from '../../src/planner/plan-moves.js';
import type {Act, Lane} from '../../src/planner/steps/step.js';
import type {HostView} from '../../src/state/host/observed.js';
import {container, found, observed, plan, record, survey, view} from './world.js';

const surveys: Readonly<Record<string, HostSurvey>> = {
  podman: survey(),
  docker: survey({storageDriver: 'overlay2', raw: {info: {Runtimes: {runc: {}}}}}),
};

const host = (name: string, engine: string, more: Partial<HostView> = {}): HostView => ({
  ...view(name, more),
  engine,
  ...(surveys[engine] && {survey: surveys[engine]}),
});

const mounts = [
  {kind: 'volume', name: 'data', source: '/v', destination: '/data', readOnly: false} as const,
];

const redis = (state: 'running' | 'stopped' | 'created') => ({
  look: {version: '26.1.5', containers: [found('redis', state, {mounts})]},
});

/** Every command that an act sends to a host, and the host. */
function commandsOf(act: Act): readonly (readonly [string, string])[] {
  const said = (at: string, ...commands: readonly Command[]) =>
    commands.map(({argv}) => [at, argv.join(' ')] as const);
  if (act.kind === 'run') return said(act.host, act.command);
  if (act.kind === 'send') return said('alpha', act.producer);
  if (act.kind === 'verify') return said(act.host, ...act.checks);
  return act.kind === 'hook' && act.host !== undefined ? said(act.host, act.command) : [];
}

const actsOf = ({steps}: Lane): readonly Act[] =>
  steps.flatMap(({act, undo}) => (undo ? [act, undo] : [act]));

const away = {
  containers: [found('redis', 'stopped', {mounts})],
};

test.each([
  ['move', 'podman', 'docker', {}, redis('running'), {}],
  ['move', 'docker', 'podman', {}, redis('running'), {}],
  [
    'finish',
    ...(['podman', 'docker'] as const),
    {records: [record('leaving', {strategy: 'cold'})]},
    {look: {version: '5.4.2', ...away}},
    {...redis('running'), records: [record('arrived', {strategy: 'cold'})]},
  ],
  [
    'undo',
    ...(['podman', 'docker'] as const),
    {records: [record('leaving', {strategy: 'cold'})]},
    {look: {version: '5.4.2', ...away}},
    {...redis('created'), records: [record('arriving', {strategy: 'cold'})]},
  ],
] as const)(
  '%s from %s to %s: each host is told in its own words',
  (kind, from, to, records, on, there) => {
    const hook = {run: ['true'], on: 'container', onFailure: 'stop', timeoutMs: 1000} as const;
    const hooks = {
      beforeFreeze: [hook],
      afterRestore: [hook],
    } as const;
    const wanted = container('redis', 'beta', {
      ...{strategy: ['cold'], hooks, verify: {tcp: 6379, exec: ['true'], withinMs: 1000}},
    });
    const planned = planMoves({
      plan: plan([wanted]),
      observed: observed(host('alpha', from, {...on, ...records}), host('beta', to, there)),
      engines,
      run: 'r1',
      at: '2026-01-01T00:00:00Z',
    });
    const [lane] = planned.graph.lanes;
    if (!lane) throw new Error(JSON.stringify(planned.decisions));
    expect(lane.kind).toBe(kind);
    const commands = actsOf(lane).flatMap(commandsOf);
    const told = (name: string, engine: string): readonly string[] =>
      commands.flatMap(([at, words]) =>
        at === name && words.includes(`${engine} `) ? [words] : [],
      );
    expect(told('alpha', to)).toEqual([]);
    expect(told('beta', from)).toEqual([]);
    expect(told('alpha', from)).not.toEqual([]);
    expect(told('beta', to)).not.toEqual([]);
  },
);
