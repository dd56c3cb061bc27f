import {createHash} from 'node:crypto';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Problem} from '../../src/base/problem.js';
import {conversion} from '../../src/engines/conversion.js';
import {crun, runc} from '../../src/engines/bundle/engine.js';
import {docker} from '../../src/engines/docker/docker.js';
import type {Engine, SurveyQuestion} from '../../src/engines/engine.js';
import {podman} from '../../src/engines/podman/podman.js';
import {judge, knownTypes, parseKnownHosts} from '../../src/hosts/ssh/known-hosts.js';
import {parseAddress} from '../../src/hosts/ssh/address.js';
import {parseSshG, toTarget} from '../../src/hosts/ssh/config.js';
import {readPlans} from '../../src/plan/read.js';
import {renderHistory, renderJournal, renderTimeline} from '../../src/report/text/history-text.js';
import {renderProblem} from '../../src/report/text/problems.js';
import {renderSummary} from '../../src/report/text/summary.js';
import {learnRates} from '../../src/run/rates.js';
import {readKeptList} from '../../src/state/host/kept-list.js';
import {readLookAt} from '../../src/state/host/look-script.js';
import {latestReports, listRuns, readRun} from '../../src/state/runner/run-files.js';
import {found, survey} from '../planner/world.js';
import {knownHosts, plans, recordings, sshG} from './corpus.js';
import {jsonEdits} from './json-edits.js';
import {textEdits, type Edit} from './mutate.js';
import {manifest} from '../rig/manifest.js';
import {journal, looks, report} from './sample-run.js';
import {yamlEdits} from './yaml-edits.js';

/** Something that reads what comes from outside. */
export interface Target {
  readonly corpus: readonly string[];
  readonly edits: readonly Edit[];
  /** Throws where a promise does not hold; the answer says whether the text was understood. */
  readonly read: (text: string) => boolean | Promise<boolean>;
}

function must(holds: boolean, promise: string): void {
  if (!holds) throw new Error(promise);
}

/** Problems can be shown, and stand inside of the text that they are about. */
function wellFormed(problem: Problem, text?: string): void {
  const {code, message, place} = problem;
  must(/^[a-z0-9-]+$/.test(code), `code "${code}"`);
  must(message.length > 0, 'an empty message');
  const printed = renderProblem(problem, {color: false});

  must(!/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(printed), 'a control character is printed');
  if (!place || text === undefined) return;
  const lines = text.split(/\r\n|[\r\n\u0085\u2028\u2029]/).length + text.split('\n').length;
  must(place.line >= 1 && place.line <= lines, `line ${String(place.line)}`);
  must(place.column >= 1 && place.length >= 1, 'a place before its line');
  const end = Math.max(1, place.text.length);
  must(place.column - 1 + place.length <= end + 1, 'a place behind its line');
}

const planWorld = {
  env: {HOST: 'beta', PORT: '8080', EMPTY: ''},
  resolvePath: (file: string) => `/plans/${file}`,
  sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
};

async function readPlan(text: string): Promise<boolean> {
  const read = await readPlans('plan.yaml', text, planWorld);
  const problems = read.ok ? read.value.warnings : read.error;
  if (!read.ok) must(problems.length > 0, 'refused without a reason');
  for (const problem of problems) wellFormed(problem, text);
  return read.ok;
}

const key = Buffer.from(
  'AAAAC3NzaC1lZDI1NTE5AAAAIJ8Pp3bVfIFkRPWNLcO4XbLrpHXHN0G8c0l1e1f0d2kQ',
  'base64',
);

function readKnownHosts(text: string): boolean {
  const known = parseKnownHosts(text, 'known_hosts');
  for (const id of ['alpha', '[beta]:2222', 'a.example.org', 'web-01.lan']) {
    const {kind} = judge(known, id, key);
    must(['match', 'unknown', 'changed', 'revoked'].includes(kind), kind);
    must(
      knownTypes(known, id).every((type) => /^[\x21-\x7e]+$/.test(type)),
      'a key type',
    );
  }
  return known.length > 0;
}

function readSshG(text: string): boolean {
  const words = parseSshG(text);
  const address = parseAddress('ann@alpha');
  if (!address) throw new Error('no address');
  const env = {
    variables: {HOME: '/home/ann', SSH_AUTH_SOCK: '/agent'},
    home: '/home/ann',
    user: 'me',
  };
  const {
    hostname,
    port,
    user,
    connectTimeoutMs,
    knownHosts: files,
  } = toTarget(address, {}, words, env);
  must(typeof hostname === 'string' && typeof user === 'string', 'a host and a user');
  must(Number.isInteger(port) && port >= 1 && port <= 65_535, `port ${String(port)}`);
  must(connectTimeoutMs > 0 && connectTimeoutMs < 2 ** 31, `timeout ${String(connectTimeoutMs)}`);
  must(
    files.every((file) => file !== ''),
    'a file without a name',
  );
  return words.size > 0;
}

/** Reads, and goes on with what was read as planning does. */
const readLook =
  (engine: Engine) =>
  (text: string): boolean => {
    const look = engine.readLook(text);
    if (!look.ok) {
      must(look.error.length > 0, 'refused without a reason');
      return false;
    }
    const {containers, version} = look.value;
    must(typeof version === 'string', 'a version');
    for (const container of containers.slice(0, 4)) {
      must(container.id !== '' && container.name !== '', 'a container without a name');
      const rest = {sourceVersion: version, targetVersion: version, connections: 'keep'} as const;
      const pair = {container, source: survey(), target: survey(), ...rest};
      for (const strategy of ['cold', 'stateful', 'pre-copy'] as const)
        for (const {code, message} of engine.refusals(strategy, pair))
          must(code !== '' && message !== '', 'a refusal without a reason');
      const moves = engine.moves(pair, '/run/cm/r1/0');
      const {stop} = moves.source;
      const memory = moves.memory ? [moves.memory.checkpoint.send, moves.memory.resume] : [];
      const create = moves.target.create('/at');
      const made = create.read(JSON.stringify([container.raw]));
      must(made.ok || made.error.length > 0, 'not the same, without a reason');
      for (const {argv} of [stop.command, ...memory, create.command])
        must(
          argv.every((word) => typeof word === 'string'),
          'words of a command',
        );
      engine.survey({leaving: [container], arriving: container.mounts});
    }
    return true;
  };

const question: SurveyQuestion = {
  leaving: [found('redis')],
  arriving: [
    {kind: 'volume', name: 'data', source: '/v', destination: '/data', readOnly: false},
    {kind: 'bind', name: '/b', source: '/b', destination: '/b', readOnly: false},
  ],
};

const readSurvey =
  (engine: Engine) =>
  (text: string): boolean => {
    const read = engine.readSurvey(text, question);
    if (!read.ok) {
      must(read.error.length > 0, 'refused without a reason');
      return false;
    }
    const {memoryFree, scratchFree, storeFree, weights, landings} = read.value;
    for (const bytes of [memoryFree, scratchFree, storeFree, ...weights.map(({memory}) => memory)])
      must(Number.isFinite(bytes) && bytes >= 0, `bytes ${String(bytes)}`);
    must(weights.length === 1 && landings.length === 2, 'answers to what was asked');
    const hosts = {source: read.value, target: read.value};
    const rest = {sourceVersion: '26.1.5', targetVersion: '5.4.2', connections: 'close'} as const;
    for (const strategy of ['cold', 'stateful', 'pre-copy'] as const)
      for (const {code, message} of [
        ...engine.refusals(strategy, {container: found('redis'), ...hosts, ...rest}),
        ...(engine.fitness?.(strategy, {...hosts, ...rest, networks: ['lan']}) ?? []),
      ])
        must(code !== '' && message !== '', 'a refusal without a reason');
    engine.moves({container: found('redis'), ...hosts, ...rest}, '/run/cm/r1/0');
    return true;
  };

function readLookScript(text: string): boolean {
  const read = readLookAt(text);
  if (!read.ok) {
    must(read.error.length > 0, 'refused without a reason');
    return false;
  }
  for (const {name, run, ageSeconds, expired} of read.value.leases) {
    must(typeof name === 'string' && typeof run === 'string', 'a lease');
    must(Number.isFinite(ageSeconds) && typeof expired === 'boolean', 'the age of a lease');
  }
  for (const {container} of read.value.records) must(typeof container === 'string', 'record');
  for (const {container, reason} of read.value.unreadableRecords)
    must(container !== '' && reason !== '', 'a record that cannot be read');
  return true;
}

/** Nothing in it may lead out of the checkpoint's folder. */
function readCheckpoints(text: string): boolean {
  const read = readKeptList(text);
  if (!read.ok) {
    must(read.error.length > 0, 'refused without a reason');
    return false;
  }
  for (const {id, container, manifest: found, wrong} of read.value.kept) {
    must((found === undefined) !== (wrong === undefined), 'a manifest, or why there is none');
    if (!found) continue;
    must(found.id === id && found.container === container, 'whose it is');
    must(Number.isSafeInteger(found.content.memory), 'memory');
    for (const {path: file, bytes} of found.stored.files) {
      must(bytes >= 0 && path.join('/a', file).startsWith('/a/'), `file ${file}`);
      must(path.normalize(file) === file, `file ${file}`);
    }
    for (const {key: name} of found.stored.folders) must(/^\w+$/.test(name), `folder ${name}`);
  }
  return read.value.kept.some(({manifest: found}) => found !== undefined);
}

const keptLine = JSON.stringify(manifest());
const keptLists = [
  `now 1000\nkept 990 11 /srv/kept/x/redis/${manifest().id}\nmanifest ${keptLine}\nend\n`,
  `now 1000\nkept 990 1 /a/redis/${manifest().id}\nmanifest ${keptLine}\nkept 9 1 /a/b%2F/20260101T000000Z-abcdef.part\nend\n`,
  `now 1000\nkept 990 2 /a/redis/${manifest().id}\nmanifest ${keptLine}\nmore\nend\n`,
];

/** One folder for all inputs, of which only one is read at a time. */
let folder: string | undefined;

function stateFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(path.join(tmpdir(), 'cm-fuzz-'));
  mkdirSync(path.join(made, 'runs'));
  process.on('exit', () => {
    rmSync(made, {recursive: true, force: true});
  });
  folder = made;
  return made;
}

const ability = {color: false, unicode: true};

/** Reads what is kept of a run as the verbs do, and prints it. */
const readKept =
  (ending: 'json' | 'jsonl') =>
  async (text: string): Promise<boolean> => {
    const state = stateFolder();
    const file = path.join(state, 'runs', `r1.${ending}`);
    writeFileSync(file, text);
    const runs = await listRuns(state);
    renderHistory(runs, ability);
    learnRates(await latestReports(state, 20), 'alpha', 'beta');
    const kept = await readRun(state, 'r1');
    rmSync(file);
    renderJournal(kept?.journal ?? [], ability);
    if (!kept?.report) return (kept?.journal.length ?? 0) > 0;
    renderTimeline(kept.report, ability);
    renderSummary(kept.report, ability);
    return true;
  };

const lines = textEdits;
const json = jsonEdits(textEdits);

/** One that moves from one engine to another reads what the first of them says; hosts are surveyed by neither. */
const ofEngine = (engine: Engine): readonly (readonly [string, Target])[] => {
  const name = engine.name.replaceAll(' ', '-');
  const [said = ''] = engine.name.split(' ');
  const look = recordings(said, 'look');
  const surveys = engine.name === said ? recordings(said, 'survey') : [];
  return [
    ...(look.length > 0
      ? [[`${name}-look`, {corpus: look, edits: json, read: readLook(engine)}] as const]
      : []),
    ...(surveys.length > 0
      ? [[`${name}-survey`, {corpus: surveys, edits: json, read: readSurvey(engine)}] as const]
      : []),
  ];
};

export const targets: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['plan', {corpus: plans, edits: yamlEdits, read: readPlan}],
  ['known-hosts', {corpus: knownHosts, edits: lines, read: readKnownHosts}],
  ['ssh-g', {corpus: sshG, edits: lines, read: readSshG}],
  ...[podman, docker, runc, crun, conversion(podman, docker), conversion(docker, podman)].flatMap(
    (engine) => (engine ? ofEngine(engine) : []),
  ),
  ['look-script', {corpus: looks, edits: json, read: readLookScript}],
  ['checkpoints', {corpus: keptLists, edits: json, read: readCheckpoints}],
  ['report', {corpus: [JSON.stringify(report)], edits: json, read: readKept('json')}],
  [
    'journal',
    {
      corpus: [journal.map((entry) => JSON.stringify(entry)).join('\n')],
      edits: json,
      read: readKept('jsonl'),
    },
  ],
]);
