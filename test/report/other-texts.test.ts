import {expect, test} from 'vitest';
import {renderGraph} from '../../src/report/text/graph-text.js';
import {renderHistory, renderJournal, renderTimeline} from '../../src/report/text/history-text.js';
import {renderStatus} from '../../src/report/text/status-text.js';
import {lane, planned, reportOf} from './simulated.js';

const plain = {color: false, unicode: true};
const graph = {
  lanes: [lane('redis', 'alpha', 'beta'), lane('db', 'alpha', 'gamma', ['redis'])],
  limits: {parallel: 4, perHost: 1},
};

test('the graph as text', () => {
  expect(renderGraph(graph, 'text', plain)).toMatchInlineSnapshot(`
    "redis: alpha → beta
      │ redis/lease-source    alpha  lease redis on alpha
      │ redis/confirm         alpha  look again
      │ redis/image           alpha  send image to beta
      ▼ redis/freeze          alpha  freeze it and stream its memory to beta  can be undone
      ▼ redis/restore         beta   restore on beta                          can be undone
      ▼ redis/running         beta   check that it runs on beta
      ◆ redis/commit          beta   commit: redis is on beta
      │ redis/retire          alpha  remove it from alpha                     a failure is a warning
      │ redis/release-source  alpha  release the lease on alpha               always
    db: alpha → gamma, after redis
      │ db/lease-source    alpha  lease db on alpha
      │ db/confirm         alpha  look again
      │ db/image           alpha  send image to gamma
      ▼ db/freeze          alpha  freeze it and stream its memory to gamma  can be undone
      ▼ db/restore         gamma  restore on gamma                          can be undone
      ▼ db/running         gamma  check that it runs on gamma
      ◆ db/commit          gamma  commit: db is on gamma
      │ db/retire          alpha  remove it from alpha                      a failure is a warning
      │ db/release-source  alpha  release the lease on alpha                always
    │ serves  ▼ does not serve  ◆ no way back from here
    at most 4 at a time, 1 for each host"
  `);
  expect(renderGraph({...graph, lanes: []}, 'text', plain)).toBe('nothing to do');
  const here = {...graph, lanes: [lane('redis', 'alpha', 'alpha')]};
  for (const format of ['text', 'mermaid', 'dot'] as const)
    expect(renderGraph(here, format, plain)).toContain('redis: on alpha');
});

test('the graph as mermaid: what would end a text is an entity', () => {
  const odd = {
    ...graph,
    lanes: [{...lane('a', 'x"]', 'y'), steps: lane('a', 'x"]', 'y').steps.slice(3, 5)}],
  };
  expect(renderGraph(odd, 'mermaid', plain)).toMatchInlineSnapshot(`
    "flowchart TD
      subgraph lane0["a: x#34;] to y"]
        s0["x#34;]: freeze it and stream its memory to y (not serving)"]:::down
        s1["y: restore on y (not serving)"]:::down
      end
      s0 --> s1
      classDef down fill:#fde68a,stroke:#b45309,color:#000
      classDef commit fill:#bbf7d0,stroke:#15803d,color:#000,stroke-width:3px"
  `);
});

test('the graph as dot: lanes wait for the commit points of others', () => {
  const text = renderGraph(graph, 'dot', plain);
  expect(text).toContain('s6 -> s9 [style=bold];');
  expect(text.split('\n').slice(0, 8).join('\n')).toMatchInlineSnapshot(`
    "digraph cm {
      node [shape=box, style="rounded,filled", fontname="sans-serif"];
      subgraph cluster0 {
        label="redis: alpha to beta";
        s0 [label="alpha: lease redis on alpha", fillcolor="#ffffff"];
        s1 [label="alpha: look again", fillcolor="#ffffff"];
        s2 [label="alpha: send image to beta", fillcolor="#ffffff"];
        s3 [label="alpha: freeze it and stream its memory to beta (not serving)", fillcolor="#fde68a"];"
  `);
});

test('status: where each container is, where it belongs, and who is at it', () => {
  const lease = {host: 'alpha', name: 'redis', run: 'r1', owner: 'ci@runner:7', plan: 'p'};
  const text = renderStatus(
    {
      ...{plan: 'evacuate', file: 'plans/e.yaml'},
      rows: [
        {
          ...{container: 'redis', belongs: 'beta', action: 'move'},
          found: [{host: 'alpha', state: 'running'}],
        },
        {
          ...{container: 'web', belongs: 'beta', action: 'none'},
          found: [{host: 'beta', state: 'running'}],
        },
        {
          container: 'db',
          belongs: 'beta',
          action: 'refused',
          found: [],
          note: 'it is on none of them',
        },
      ],
      leases: [{...lease, commit: 'abcdef0123456789', ageSeconds: 90, expired: true}],
    },
    plain,
  );
  expect(text).toMatchInlineSnapshot(`
    "plan "evacuate" (plans/e.yaml)
    → redis  running on alpha  belongs on beta
    = web    running on beta
    ! db     found nowhere     belongs on beta  it is on none of them
    lease of redis on alpha  run r1  by ci@runner:7  plan p (abcdef012345)  last heartbeat 90 seconds ago, stale
    1 in sync, 2 out of sync"
  `);
});

test('history: a line a run, and one run as a line of time', () => {
  const rows = [
    {run: 'r2', plan: 'evacuate', startedAt: '2026-01-02T03:04:05.678Z', exit: 3},
    {run: 'r1', plan: 'evacuate'},
  ];
  expect(renderHistory(rows, plain)).toMatchInlineSnapshot(`
    "r2  2026-01-02 03:04:05  evacuate  exit 3
    r1  ?                    evacuate  no end: it died, or is still at it"
  `);
  const way = {from: 'alpha', to: 'beta', outcome: 'moved'} as const;
  const moves = [
    {container: 'redis', ...way},
    {container: 'web', ...way},
    {container: 'db', from: 'beta', to: 'gamma', outcome: 'back'} as const,
  ];
  expect(
    renderHistory([{...rows[0], run: 'r2', plan: 'evacuate', exit: 0, moves}], plain),
  ).toContain('evacuate  2 containers alpha → beta, db beta → gamma  done');
  expect(renderHistory([], plain)).toBe('no runs are kept on this machine');
  expect(renderTimeline(reportOf(planned(['move']), 'restore'), plain)).toMatchInlineSnapshot(`
    "run 20260102-030405-ab12 of plan "evacuate-alpha" (plans/evacuate.yaml, c0ffee000000, commit 1234567890ab with changes)
    1970-01-01 00:16:40 UTC by ci@runner, cm 0.1.0, node 20.20.2
        0.50s  ✓ redis/lease-source (100ms)
        0.60s  ✓ redis/confirm (100ms)
        2.30s  ✓ redis/image (100ms, 21 MiB)
        4.00s  ✓ redis/freeze (100ms, 212 MiB, frozen time 254ms, memdump time 147ms)
        4.10s  ✗ redis/restore (failed, 100ms, podman restore exited 125)
        4.20s  ✓ undo redis/restore (200ms)
        4.40s  ✓ undo redis/freeze (200ms)
        4.60s  ✓ redis/release-source (100ms)"
  `);
});

test('history: a run that died has its journal', () => {
  const entries = [
    {at: 1000, type: 'run-started'},
    {at: 1500, type: 'step-settled', step: 'redis/freeze', undo: true, outcome: 'done'},
  ] as const;
  expect(renderJournal(entries, plain)).toMatchInlineSnapshot(`
    "    0.00s  run-started
        0.50s  step-settled undo redis/freeze done"
  `);
});
