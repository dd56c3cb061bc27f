import type {Problem} from '../../src/base/problem.js';
import type {Change, Planned, Decision} from '../../src/planner/change.js';
import type {Act, Lane, Step} from '../../src/planner/steps/step.js';
import type {Container, Plan} from '../../src/plan/plan.js';
import type {Event, Provenance} from '../../src/run/events.js';
import {Summary} from '../../src/run/summary.js';
import type {RunReport} from '../../src/state/runner/run-report.js';

export const container = (name: string, on: string): Container => ({
  name,
  on,
  strategy: ['stateful', 'cold'],
  budget: {},
  connections: 'keep',
  dependsOn: [],
  volumes: {},
  hooks: {},
  at: 'plan.yaml:9:3',
});

export const change = (one: Container, from: string, more: Partial<Change> = {}): Change => ({
  container: one,
  from,
  to: one.on,
  strategy: 'stateful',
  because: `it is on ${from} and belongs on ${one.on}; stateful is the first of its strategies`,
  fell: [],
  overwrites: [],
  reach: {powers: [], paths: []},
  prediction: {
    downtimeMs: 1400,
    totalMs: 6200,
    bytes: 222_298_112,
    how: 'assumed: a 1 Gbit/s link',
  },
  ...more,
});

const run = (host: string): Act => ({kind: 'run', host, command: {argv: ['true']}});

const send = (lane: string, bytes: number): Act => ({
  kind: 'send',
  link: lane,
  producer: {argv: ['true']},
  receiver: 'checkpoint',
  bytes,
});

export function lane(name: string, from: string, to: string, after: readonly string[] = []): Lane {
  const step = (id: string, host: string, title: string, more: Partial<Step> = {}): Step => ({
    id: `${name}/${id}`,
    lane: name,
    title,
    host,
    because: `the reason of ${id}`,
    needs: [],
    act: run(host),
    ...more,
  });
  const steps = [
    step('lease-source', from, `lease ${name} on ${from}`),
    step('confirm', from, 'look again'),
    step('image', from, `send image to ${to}`, {act: send(name, 22_000_000)}),
    step('freeze', from, `freeze it and stream its memory to ${to}`, {
      act: send(name, 222_298_112),
      undo: run(from),
      downtime: true,
    }),
    step('restore', to, `restore on ${to}`, {undo: run(to), fence: true, downtime: true}),
    step('running', to, `check that it runs on ${to}`, {downtime: true}),
    step('commit', to, `commit: ${name} is on ${to}`, {commits: true}),
    step('retire', from, `remove it from ${from}`, {tolerant: true}),
    step('release-source', from, `release the lease on ${from}`, {always: true}),
  ];
  const chained = steps.map((each, index) => {
    const before = steps[index - 1];
    return before ? {...each, needs: [before.id]} : each;
  });
  return {
    container: name,
    kind: 'move',
    from,
    to,
    after,
    steps: chained,
    onFailure: [],
    onRollback: [],
  };
}

export const plan = (containers: readonly Container[]): Plan => ({
  name: 'evacuate-alpha',
  file: 'plans/evacuate.yaml',
  hash: 'c0ffee'.padEnd(64, '0'),
  hosts: new Map(),
  containers: new Map(containers.map((each) => [each.name, each])),
  limits: {parallel: 4, perHost: 1},
  hooks: {},
  transfer: 'direct',
  suspend: false,
});

export const notFound: Problem = {
  kind: 'preflight',
  code: 'not-found',
  container: 'db',
  location: 'plan.yaml:9:3',
  message: 'container "db" is on none of the plan\'s hosts (alpha, beta)',
  remedy: 'correct its name, add the host that it is on, or take it out of the plan',
};

/** redis moves after a rung that fell, api was interrupted, web is settled, db is nowhere. */
export function planned(actions: readonly Decision['action'][] = ['move', 'none']): Planned {
  const [redis, api, web, db] = [
    container('redis', 'beta'),
    container('api', 'beta'),
    container('web', 'beta'),
    container('db', 'gamma'),
  ] as const;
  const fell = [
    {
      strategy: 'pre-copy' as const,
      refusals: [
        {
          code: 'no-memory-tracking',
          message: 'the kernel of "alpha" does not track memory',
          remedy: 'use stateful',
        },
        {code: 'no-criu', message: 'there is no CRIU on "beta"'},
      ],
    },
  ];
  const all: readonly Decision[] = [
    {action: 'move', container: redis, change: change(redis, 'alpha', {fell})},
    {
      action: 'undo',
      container: api,
      from: 'alpha',
      to: 'beta',
      because: 'run 7 began to move it from alpha to beta and did not end',
    },
    {action: 'none', container: web},
    {action: 'refused', container: db, problems: [notFound]},
  ];
  const decisions = all.filter(({action}) => actions.includes(action));
  const lanes = decisions.flatMap(({action, container: {name, on}}) =>
    action === 'move' || action === 'undo' ? [lane(name, 'alpha', on)] : [],
  );
  return {
    plan: plan(decisions.map((each) => each.container)),
    decisions,
    graph: {lanes, limits: {parallel: 4, perHost: 1}},
    fingerprints: Object.fromEntries(decisions.map(({container: {name}}) => [name, '[]'])),
    warnings: [],
  };
}

export const provenance: Provenance = {
  cm: '0.1.0',
  node: '20.20.2',
  commit: '1234567890abcdef1234567890abcdef12345678',
  dirty: true,
  runner: 'ci@runner',
};

export const restoreFailed: Problem = {
  kind: 'step',
  code: 'command-failed',
  message: 'podman restore exited 125',
  remedy: 'see its own message',
  host: 'beta',
  container: 'redis',
  command: 'podman container restore redis',
  log: ['\u001b[31mError\u001b[0m: criu failed', 'type NOTIFY errno 0'],
};

const mib = 2 ** 20;

/** Writes the events of one lane down, with a clock that goes on with each. */
class Script {
  readonly events: Event[] = [];
  at: number;

  constructor(at: number) {
    this.at = at;
  }

  start(step: Step, undo: boolean): void {
    this.events.push({type: 'step-started', at: this.at, step: step.id, undo});
  }

  progress({id, act}: Step): void {
    if (act.kind !== 'send') return;
    const {bytes: total} = act;
    for (const part of [0.25, 0.5, 0.75, 1]) {
      this.at += 400;
      const bytes = Math.floor(total * part);
      this.events.push({
        type: 'step-progress',
        at: this.at,
        step: id,
        bytes,
        total,
        rate: 110 * mib,
      });
    }
  }

  settle({id, act}: Step, tookMs: number, problem?: Problem): void {
    this.at += tookMs;
    this.events.push({
      ...{type: 'step-settled', at: this.at, step: id, undo: false, tookMs},
      outcome: problem ? 'failed' : 'done',
      ...(act.kind === 'send' && {bytes: act.bytes}),
      ...(id.endsWith('/running') && {fact: 'running since 03:04, restored'}),
      ...(id.endsWith('/freeze') && {figures: {frozen_time: 254, memdump_time: 147}}),
      ...(problem && {problem}),
    });
  }

  undo(step: Step): void {
    this.start(step, true);
    this.at += 200;
    const {id} = step;
    this.events.push({
      ...{type: 'step-settled', at: this.at, step: id, undo: true, outcome: 'done', tookMs: 200},
    });
  }
}

function goBack(script: Script, one: Lane, begun: readonly Step[]): void {
  for (const step of begun.toReversed()) if (step.undo) script.undo(step);
  for (const step of one.steps) {
    if (!step.always) continue;
    script.start(step, false);
    script.settle(step, 100);
  }
}

/** Events of one lane, 100 ms a step, its streams with progress; `fails` names the step that does. */
export function laneEvents(one: Lane, start: number, fails = '-'): readonly Event[] {
  const script = new Script(start);
  script.events.push({type: 'lane-started', at: start, container: one.container});
  const index = one.steps.findIndex(({id}) => id.endsWith(`/${fails}`));
  const failed = index !== -1;
  const begun = failed ? one.steps.slice(0, index + 1) : one.steps;
  for (const step of begun) {
    script.start(step, false);
    script.progress(step);
    script.settle(step, 100, step === one.steps[index] ? restoreFailed : undefined);
  }
  if (failed) goBack(script, one, begun);
  script.events.push({
    ...{type: 'lane-settled', at: script.at, container: one.container, downtimeMs: 1900},
    outcome: failed ? 'back' : 'moved',
    where: [failed ? one.from : one.to],
    ...(failed && {problem: restoreFailed}),
  });
  return script.events;
}

export function runEvents(all: Planned, fails?: string): readonly Event[] {
  const lanes = all.graph.lanes.flatMap((one) => laneEvents(one, 1_000_500, fails));
  const end = lanes.at(-1)?.at ?? 1_000_500;
  return [
    {type: 'run-started', at: 1_000_000, run: '20260102-030405-ab12', planned: all, provenance},
    ...lanes,
    {type: 'run-settled', at: end + 100, exit: fails === undefined ? 0 : 1},
  ];
}

/** The report that a run with these events leaves. */
export function reportOf(all: Planned, fails?: string): RunReport {
  const summary = new Summary('20260102-030405-ab12', all.plan, provenance, 1_000_000);
  summary.planned(all);
  const events = runEvents(all, fails);
  for (const event of events) summary.saw(event);
  const refused = all.decisions.flatMap((each) => (each.action === 'refused' ? each.problems : []));
  return summary.report(events.at(-1)?.at ?? 0, fails === undefined ? 0 : 1, refused);
}

/** Keeps what is written. */
export class Paper {
  text = '';

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}
