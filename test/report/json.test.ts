import {expect, test} from 'vitest';
import {createJsonView} from '../../src/report/json/json.js';
import {plannedRecords, runFields, versionRecord} from '../../src/report/json/json-records.js';
import {Paper, planned, provenance, reportOf, runEvents} from './simulated.js';

const lines = (records: readonly unknown[]): string =>
  records.map((record) => JSON.stringify(record)).join('\n');

const parse = (text: string): readonly {readonly type: string}[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as {readonly type: string});

test('the first record says the version of the format', () => {
  expect(lines([versionRecord(provenance)])).toMatchInlineSnapshot(
    `"{"type":"version","cm":"0.1.0","format":1,"node":"20.20.2","runner":"ci@runner","commit":"1234567890abcdef1234567890abcdef12345678","dirty":true}"`,
  );
});

test('a plan as records: plan, containers, steps', () => {
  const every = planned(['move', 'undo', 'none', 'refused']);
  const records = plannedRecords(every).filter(({type}) => type !== 'step');
  expect(lines(records)).toMatchInlineSnapshot(`
    "{"type":"plan","plan":"evacuate-alpha","file":"plans/evacuate.yaml","hash":"c0ffee0000000000000000000000000000000000000000000000000000000000","containers":4,"hosts":0,"suspended":false}
    {"type":"container","plan":"evacuate-alpha","container":"redis","belongs":"beta","action":"move","from":"alpha","to":"beta","strategy":"stateful","because":"it is on alpha and belongs on beta; stateful is the first of its strategies","predicted":{"downtimeMs":1400,"totalMs":6200,"bytes":222298112,"how":"assumed: a 1 Gbit/s link"},"fell":[{"strategy":"pre-copy","refusals":[{"code":"no-memory-tracking","message":"the kernel of \\"alpha\\" does not track memory","remedy":"use stateful"},{"code":"no-criu","message":"there is no CRIU on \\"beta\\""}]}],"overwrites":[],"powers":[],"hostPaths":[]}
    {"type":"container","plan":"evacuate-alpha","container":"api","belongs":"beta","action":"undo","from":"alpha","to":"beta","because":"run 7 began to move it from alpha to beta and did not end"}
    {"type":"container","plan":"evacuate-alpha","container":"web","belongs":"beta","action":"none"}
    {"type":"container","plan":"evacuate-alpha","container":"db","belongs":"gamma","action":"refused","problems":[{"kind":"preflight","code":"not-found","message":"container \\"db\\" is on none of the plan's hosts (alpha, beta)","remedy":"correct its name, add the host that it is on, or take it out of the plan","container":"db","location":"plan.yaml:9:3"}]}"
  `);
  expect(
    lines(
      plannedRecords(every)
        .filter(({type}) => type === 'step')
        .slice(3, 7),
    ),
  ).toMatchInlineSnapshot(`
    "{"type":"step","plan":"evacuate-alpha","container":"redis","step":"redis/freeze","title":"freeze it and stream its memory to beta","host":"alpha","because":"the reason of freeze","needs":["redis/image"],"act":"send","downtime":true,"commits":false,"always":false,"undoable":true}
    {"type":"step","plan":"evacuate-alpha","container":"redis","step":"redis/restore","title":"restore on beta","host":"beta","because":"the reason of restore","needs":["redis/freeze"],"act":"run","downtime":true,"commits":false,"always":false,"undoable":true}
    {"type":"step","plan":"evacuate-alpha","container":"redis","step":"redis/running","title":"check that it runs on beta","host":"beta","because":"the reason of running","needs":["redis/restore"],"act":"run","downtime":true,"commits":false,"always":false,"undoable":false}
    {"type":"step","plan":"evacuate-alpha","container":"redis","step":"redis/commit","title":"commit: redis is on beta","host":"beta","because":"the reason of commit","needs":["redis/running"],"act":"run","downtime":false,"commits":true,"always":false,"undoable":false}"
  `);
});

test('every event is one line', () => {
  const paper = new Paper();
  const view = createJsonView(paper);
  const events = runEvents(planned(['move']), 'restore');
  for (const event of events) view.on(event);
  view.on({type: 'interrupted', at: 5});
  expect(parse(paper.text)).toHaveLength(events.length + 1);
  const once = new Map(parse(paper.text).map((record) => [record.type, record]));
  expect(lines([...once.values()])).toMatchInlineSnapshot(`
    "{"type":"run-started","at":"1970-01-01T00:16:40.000Z","run":"20260102-030405-ab12","plan":"evacuate-alpha","file":"plans/evacuate.yaml","hash":"c0ffee0000000000000000000000000000000000000000000000000000000000","commit":"1234567890abcdef1234567890abcdef12345678","dirty":true,"runner":"ci@runner"}
    {"type":"container-started","at":"1970-01-01T00:16:40.500Z","container":"redis"}
    {"type":"step-started","at":"1970-01-01T00:16:44.600Z","step":"redis/release-source","undo":false}
    {"type":"step-settled","at":"1970-01-01T00:16:44.700Z","step":"redis/release-source","undo":false,"outcome":"done","tookMs":100}
    {"type":"step-progress","at":"1970-01-01T00:16:44.000Z","step":"redis/freeze","bytes":222298112,"total":222298112,"bytesPerSecond":115343360}
    {"type":"container-settled","at":"1970-01-01T00:16:44.700Z","container":"redis","outcome":"back","where":["alpha"],"downtimeMs":1900,"problem":{"kind":"step","code":"command-failed","message":"podman restore exited 125","remedy":"see its own message","host":"beta","container":"redis","command":"podman container restore redis","log":["\\u001b[31mError\\u001b[0m: criu failed","type NOTIFY errno 0"]}}
    {"type":"run-settled","at":"1970-01-01T00:16:44.800Z","exit":1}
    {"type":"interrupted","at":"1970-01-01T00:00:00.005Z"}"
  `);
});

test('what a run did, for the last line', () => {
  const {containers, problems, exit} = runFields(reportOf(planned(['move', 'none'])));
  expect(lines([{exit, problems}, ...containers])).toMatchInlineSnapshot(`
    "{"exit":0,"problems":[]}
    {"container":"redis","outcome":"moved","from":"alpha","to":"beta","strategy":"stateful","predicted":{"downtimeMs":1400,"totalMs":6200,"bytes":222298112,"how":"assumed: a 1 Gbit/s link"},"where":["beta"],"downtimeMs":1900,"totalMs":4100,"bytes":244298112,"problems":[]}
    {"container":"web","outcome":"settled","where":["beta"],"problems":[]}"
  `);
});
