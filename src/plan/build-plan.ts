import {parseAge, parseDuration, parseRate, parseSize} from '../base/units.js';
import {canonicalize} from './canonical.js';
import {defined} from './defined.js';
import type * as written from './generated/document.js';
import type * as plan from './plan.js';

/** What the world adds to a plan. */
export interface PlanSettings {
  /** As the user named it. */
  readonly file: string;
  /** Makes a path of the plan absolute; it is relative to the folder of the plan file, `~/` is the user's own. */
  readonly resolvePath: (path: string) => string;
  /** SHA-256 in hex. */
  readonly sha256: (text: string) => string;
}

const defaultVerifyMs = 30_000;
const defaultHookMs = 60_000;
const defaultLadder: readonly plan.Strategy[] = ['stateful', 'cold'];

/** The schema has seen to it that this is a duration. */
const readDuration = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : parseDuration(text);

const readPercent = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number.parseInt(text, 10);

/** Names are the user's, so the record inherits nothing that could be taken for one. */
const record = <T>(...parts: readonly (Readonly<Record<string, T>> | undefined)[]) =>
  Object.assign(Object.create(null) as Record<string, T>, ...parts) as Readonly<Record<string, T>>;

function buildHook(hook: written.HookDocument): plan.Hook {
  return defined({
    run: hook.run,
    on: hook.in ?? hook.on ?? ('runner' as const),
    timeoutMs: readDuration(hook.timeout) ?? defaultHookMs,
    onFailure: hook.onFailure ?? ('stop' as const),
    undo: hook.undo,
    env: hook.env && record(hook.env),
  });
}

const buildPoint = (
  point: written.HookPointDocument | undefined,
): readonly plan.Hook[] | undefined => point && [point].flat().map(buildHook);

const buildHooks = (hooks: written.HooksDocument): plan.Hooks =>
  defined({
    before: buildPoint(hooks.before),
    beforeFreeze: buildPoint(hooks.beforeFreeze),
    afterRestore: buildPoint(hooks.afterRestore),
    redirect: buildPoint(hooks.redirect),
    after: buildPoint(hooks.after),
    onFailure: buildPoint(hooks.onFailure),
    onRollback: buildPoint(hooks.onRollback),
  });

const hasCheck = ({tcp, http, exec}: written.VerifyDocument): boolean =>
  (tcp ?? http ?? exec) !== undefined;

/** A container that names a check of its own wants only its own; the time is inherited by itself. */
function buildVerify(
  own: written.VerifyDocument | undefined,
  inherited: written.VerifyDocument | undefined,
): plan.Verify | undefined {
  const merged = own && !hasCheck(own) ? {...inherited, ...own} : (own ?? inherited);
  if (!merged) return undefined;
  const {tcp, http, exec} = merged;
  const {files = inherited?.files, within = inherited?.within} = merged;
  return defined({tcp, http, exec, files, withinMs: readDuration(within) ?? defaultVerifyMs});
}

function buildBudget(
  own: written.BudgetDocument | undefined,
  inherited: written.BudgetDocument | undefined,
): plan.Budget {
  const {downtime, total, maxSent, maxRounds} = {...inherited, ...own};
  return defined({
    downtimeMs: readDuration(downtime),
    totalMs: readDuration(total),
    maxSent: maxSent === undefined ? undefined : parseSize(maxSent),
    maxRounds,
  });
}

/** What is made again and again must not fill the disk. */
const defaultKeep = 5;

function buildCheckpoints(
  own: written.CheckpointsDocument | undefined,
  inherited: written.CheckpointsDocument | undefined,
): plan.Checkpoints | undefined {
  if (!own && !inherited) return undefined;
  const {every, keep, maxAge, maxSize, in: folder} = {...inherited, ...own};
  const endless = every !== undefined && maxAge === undefined && maxSize === undefined;
  return defined({
    everyMs: readDuration(every),
    keep: keep ?? (endless ? defaultKeep : undefined),
    maxAgeMs: maxAge === undefined ? undefined : parseAge(maxAge),
    maxSize: maxSize === undefined ? undefined : parseSize(maxSize),
    in: folder === undefined ? undefined : `${folder}/cm-checkpoints`,
  });
}

const buildStop = ({stopTimeout, onStopTimeout}: Omit<written.DefaultsDocument, 'ssh'>) => ({
  stopTimeoutMs: readDuration(stopTimeout),
  onStopTimeout,
});

const buildVolumes = (
  own: written.VolumesDocument | undefined,
  inherited: written.VolumesDocument | undefined,
) => ({volumes: record(inherited, own), ownVolumes: own && Object.keys(own)});

function buildContainer(
  name: string,
  own: written.ContainerDocument,
  defaults: written.DefaultsDocument,
  at: string,
): plan.Container {
  return defined({
    name,
    on: own.on,
    state: own.state ?? defaults.state,
    strategy: [own.strategy ?? defaults.strategy ?? defaultLadder].flat(),
    budget: buildBudget(own.budget, defaults.budget),
    onNoConverge: own.onNoConverge ?? defaults.onNoConverge,
    ...buildStop({...defaults, ...own}),
    throttle: readPercent(own.throttle ?? defaults.throttle),
    connections: own.connections ?? defaults.connections ?? ('keep' as const),
    verify: buildVerify(own.verify, defaults.verify),
    dependsOn: own.dependsOn ?? [],
    ...buildVolumes(own.volumes, defaults.volumes),
    allow: own.allow ?? defaults.allow,
    hooks: buildHooks({...defaults.hooks, ...own.hooks}),
    checkpoints: buildCheckpoints(own.checkpoints, defaults.checkpoints),
    at,
  });
}

const pickSsh = (own: written.SshDocument = {}, inherited: written.SshDocument = {}) =>
  defined({
    config: own.config ?? inherited.config,
    identity: own.identity ?? inherited.identity,
    knownHosts: own.knownHosts ?? inherited.knownHosts,
  });

function buildHost(
  name: string,
  own: written.HostDocument,
  defaults: written.DefaultsDocument,
): plan.Host {
  return defined({
    name,
    address: own.address,
    peerAddress: own.peerAddress,
    engine: own.engine,
    labels: record(own.labels),
    ssh: pickSsh(own.ssh, defaults.ssh),
  });
}

const mapHosts = (hosts: ReadonlyMap<string, plan.Host>, resolvePath: (path: string) => string) =>
  new Map(
    [...hosts].map(([name, host]) => {
      const {config, identity, knownHosts} = host.ssh;
      const ssh = defined({
        config: config === undefined ? undefined : resolvePath(config),
        identity: identity === undefined ? undefined : resolvePath(identity),
        knownHosts: knownHosts === undefined ? undefined : resolvePath(knownHosts),
      });
      return [name, {...host, ssh}];
    }),
  );

/** The plan of a document whose shape and meaning have been checked. */
export function buildPlan(
  data: written.PlanDocument,
  containerAt: (name: string) => string,
  {file, resolvePath, sha256}: PlanSettings,
): plan.Plan {
  const {defaults = {}, limits = {}} = data;
  const hosts = new Map(
    Object.entries(data.hosts).map(([name, host]) => [name, buildHost(name, host, defaults)]),
  );
  const containers = new Map(
    Object.entries(data.containers).map(([name, container]) => [
      name,
      buildContainer(name, container, defaults, containerAt(name)),
    ]),
  );
  const content = {
    name: data.name,
    containers,
    limits: defined({
      parallel: limits.parallel ?? 4,
      perHost: limits.perHost ?? 1,
      bandwidth: limits.bandwidth === undefined ? undefined : parseRate(limits.bandwidth),
    }),
    hooks: buildHooks(data.hooks ?? {}),
    transfer: data.transfer ?? ('direct' as const),
    suspend: data.suspend ?? false,
  };
  // Paths as they are written: the same plan in another folder has the same hash.
  const hash = sha256(canonicalize({...content, hosts}));
  return {...content, file, hash, hosts: mapHosts(hosts, resolvePath)};
}
