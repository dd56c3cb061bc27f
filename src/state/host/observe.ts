import type {Clock} from '../../base/clock.js';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Engine, Engines, SurveyQuestion} from '../../engines/engine.js';
import type {Transport} from '../../hosts/transport.js';
import type {Host, HostName} from '../../plan/plan.js';
import {ask, failure, type TransportOf} from './ask.js';
import {judgeOwner} from './lease-record.js';
import {lookAt, readLookAt} from './look-script.js';
import type {HostView, Observed} from './observed.js';
import type {ProcessTable} from './runner-process.js';
import {withoutUnplaced} from './unplaced.js';
import {readUsage, withUsage} from './usage.js';

export interface Looking {
  readonly transportOf: TransportOf;
  /** By name, in the order in which they are tried where the plan names none. */
  readonly engines: Engines;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** The process of this runner, and which others on its machine have ended. */
  readonly processes?: ProcessTable;
}

/** The engine is not there. */
const ABSENT = 127;

const RECORDS_UNREADABLE = 95;

const noEngine = (host: HostName, tried: readonly string[]): Problem => ({
  kind: 'preflight',
  code: 'no-engine',
  host,
  message: `there is no ${tried.join(' or ')} on "${host}"`,
  remedy: 'install it there, or name the engine that it has in the plan',
});

const unreadable = (host: HostName, message: string): Problem => ({
  kind: 'look',
  code: 'records-unreadable',
  host,
  message: `what "${host}" says cannot be read: ${message}`,
  remedy: 'use the cm that wrote /var/lib/cm/moves there, or look into that folder',
});

const knows = ({look: {containers, unreadable = []}}: HostView): boolean =>
  containers.length + unreadable.length > 0;

interface Looked {
  readonly view: HostView;
  /** Other engines whose program is there. */
  readonly has: readonly string[];
}

type Seen = Result<Looked, Problem> | 'absent';

async function lookOne(
  looking: Looking,
  transport: Transport,
  engine: Engine,
  names: readonly string[],
  others: readonly string[] = [],
): Promise<Seen> {
  const {host} = transport;
  const command = lookAt(engine.look(names), others);
  const asked = await ask(transport, command, looking.clock, looking.signal);
  if (!asked.ok) return asked;
  const {code, stdout} = asked.value;
  if (code === ABSENT) return 'absent';
  if (code === RECORDS_UNREADABLE) return err(unreadable(host, 'no permission to read them'));
  const message = `${engine.name} on "${host}" cannot be asked`;
  const remedy = 'see its own message; the user needs the right to manage its containers';
  const words = {kind: 'preflight', code: 'look-failed', message, remedy} as const;
  if (code !== 0) return err(failure(host, command, asked.value, words));
  const all = readLookAt(stdout);
  if (!all.ok) return err(unreadable(host, all.error));
  const {records, unreadableRecords, kept, has, machine, rest} = all.value;
  const leases = all.value.leases.map((each) => judgeOwner(each, looking.processes?.hasEnded));
  const look = engine.readLook(rest);
  if (!look.ok) return err({...words, host, message: `${message}: ${look.error}`});
  const view: HostView = {
    host,
    engine: engine.name,
    look: look.value,
    records,
    ...(unreadableRecords.length > 0 && {unreadableRecords}),
    leases,
    kept,
    ...(machine !== undefined && {machine}),
  };
  return ok({view, has});
}

/**
 * What one host showed: one view, or several where it has several engines, is not said to have a certain
 * one, and the first knows none of the containers. One command unless the first engine that is tried is not
 * there, or the host has more than one and the containers are elsewhere.
 */
async function lookHost(
  looking: Looking,
  host: Host,
  names: readonly string[],
): Promise<readonly HostView[] | Problem> {
  const transport = await looking.transportOf(host.name);
  if (!transport.ok) return transport.error;
  const known = looking.engines.all;
  const tried = known.filter(({name, onlyNamed}) =>
    host.engine === undefined ? onlyNamed !== true : name === host.engine,
  );
  for (const [index, engine] of tried.entries()) {
    const rest = tried.slice(index + 1);
    const others = rest.map(({name}) => name);
    const seen = await lookOne(looking, transport.value, engine, names, others);
    if (seen === 'absent') continue;
    if (!seen.ok) return seen.error;
    const {view, has} = seen.value;
    if (knows(view)) return [view];
    const more = await Promise.all(
      rest
        .filter(({name}) => has.includes(name))
        .map((each) => lookOne(looking, transport.value, each, names)),
    );
    // One that is installed and does not answer is none, beside one that does.
    const views = more.flatMap((each) => (each !== 'absent' && each.ok ? [each.value.view] : []));
    return [view, ...views];
  }
  return noEngine(
    host.name,
    host.engine === undefined ? tried.map(({name}) => name) : [host.engine],
  );
}

/** Of several engines of a host the one that knows a container; else the one that another host has them in. */
function chosen(views: readonly HostView[], used: ReadonlySet<string>): HostView | undefined {
  return views.find(knows) ?? views.find(({engine}) => used.has(engine)) ?? views[0];
}

/** Looks at every host at once. What cannot be looked at has its problem. */
export async function observe(
  looking: Looking,
  hosts: Iterable<Host>,
  names: readonly string[],
): Promise<Observed> {
  const looked = await Promise.all(
    [...hosts].map(async (host) => [host.name, await lookHost(looking, host, names)] as const),
  );
  const used = new Set(
    looked.flatMap(([, views]) =>
      isProblem(views) ? [] : views.filter(knows).map(({engine}) => engine),
    ),
  );
  const settled = looked.flatMap(([host, views]): [HostName, HostView | Problem][] => {
    const view = isProblem(views) ? views : chosen(views, used);
    return view === undefined ? [] : [[host, view]];
  });
  return {hosts: new Map(settled)};
}

const isProblem = (views: readonly HostView[] | Problem): views is Problem => 'code' in views;

/** Most moves that a host takes part in at once by the limits of a plan need no more; what needs more waits. */
const MOST_SESSIONS = 32;

/** Of a move, what takes long and what waits for it; and one for the heartbeats of all. */
export const sessionsFor = (moves: number): number => Math.min(MOST_SESSIONS, 2 * moves + 1);

async function surveyHost(
  looking: Looking,
  view: HostView,
  question: SurveyQuestion,
  moves: number | undefined,
): Promise<HostView | Problem> {
  const transport = await looking.transportOf(view.host);
  if (!transport.ok) return transport.error;
  if (moves !== undefined) {
    const tooFew = await transport.value.probeSessions?.(sessionsFor(moves), looking.signal);
    if (tooFew) return tooFew;
  }
  const engine = looking.engines.get(view.engine);
  if (!engine) return noEngine(view.host, [view.engine]);
  const command = withUsage(view.engine, engine.survey(question), question.arriving);
  const asked = await ask(transport.value, command, looking.clock, looking.signal);
  if (!asked.ok) return asked.error;
  const words = {
    kind: 'preflight',
    code: 'survey-failed',
    message: `"${view.host}" cannot be surveyed`,
    remedy: 'see the message of the program that failed',
  } as const;
  const unread = (error: string): Problem => ({
    ...words,
    host: view.host,
    message: `${words.message}: ${error}`,
  });
  if (asked.value.code !== 0) return failure(view.host, command, asked.value, words);
  const used = readUsage(asked.value.stdout, question.arriving);
  if (!used.ok) return unread(used.error);
  const survey = engine.readSurvey(used.value.rest, question);
  if (!survey.ok) return unread(survey.error);
  return {...view, survey: {...survey.value, usage: used.value.usage}};
}

/**
 * The closer look: one more command for each host that takes part in a change, and for no other. `moves`: how many
 * of them a host takes part in at once; it has to open the ssh sessions that they need, which is not asked without it.
 */
export async function survey(
  looking: Looking,
  observed: Observed,
  questions: ReadonlyMap<HostName, SurveyQuestion>,
  moves?: number,
): Promise<Observed> {
  const views = [...observed.hosts].map(async ([name, view]) => {
    const question = questions.get(name);
    if (!question || !('look' in view)) return [name, view] as const;
    return [name, await surveyHost(looking, view, question, moves)] as const;
  });
  return withoutUnplaced({hosts: new Map(await Promise.all(views))}, looking.engines);
}
