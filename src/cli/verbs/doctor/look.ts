import {enginesOf} from '../../../engines/registry.js';
import {clockIn, examine, readExam, type Exam} from '../../../doctor/exam.js';
import type {EngineSeen, Subject} from '../../../doctor/subject.js';
import type {Problem} from '../../../base/problem.js';
import {err, ok, type Result} from '../../../base/result.js';
import type {Engine} from '../../../engines/engine.js';
import type {Transport} from '../../../hosts/transport.js';
import type {Host} from '../../../plan/plan.js';
import {failure} from '../../../state/host/ask.js';
import {observe, sessionsFor, survey, type Looking} from '../../../state/host/observe.js';

/** An engine that does not answer within this is taken for one that does not answer, ms. */
const patienceMs = 30_000;

/** Sizes of volumes are not asked for, so nothing here takes long. */
const impatient = (engine: Engine): Engine => ({
  ...engine,
  look: (names) => ({...engine.look(names), timeoutMs: patienceMs}),
  survey: (question) => ({...engine.survey(question), timeoutMs: patienceMs}),
});

const notRead = (host: string, message: string): Problem => ({
  kind: 'unreachable',
  code: 'not-examined',
  host,
  message: `host "${host}" could not be examined: ${message}`,
  remedy: 'see what its login shell answers to "ssh" with a command',
});

interface Examined {
  readonly exam: Exam;
  readonly clockMs?: number;
}

/** The clocks are compared when the first line arrives, so that the time it took to connect does not count. */
async function examOf(
  transport: Transport,
  {clock, signal}: Looking,
): Promise<Result<Examined, Problem>> {
  let clockMs: number | undefined;
  const onLine = (line: string): void => {
    const theirs = clockMs === undefined ? clockIn(line) : undefined;
    if (theirs !== undefined) clockMs = theirs - clock.now();
  };
  const ran = await transport.run(examine, {onLine, ...(signal && {signal})});
  if (!ran.ok) return ran;
  if (ran.value.code !== 0)
    return err(failure(transport.host, examine, ran.value, notRead(transport.host, 'it failed')));
  const exam = readExam(ran.value.stdout);
  if (!exam.ok) return err(notRead(transport.host, exam.error));
  return ok({exam: exam.value, ...(clockMs !== undefined && {clockMs})});
}

const nothing = {leaving: [], arriving: []};

/** One engine of a host; undefined when it is not there, or the host cannot be reached at all. */
async function seeEngine(
  looking: Looking,
  host: Host,
  engine: Engine,
  names: readonly string[],
): Promise<EngineSeen | undefined> {
  const one: Looking = {...looking, engines: enginesOf([impatient(engine)])};
  const looked = await observe(one, [host], names);
  const surveyed = await survey(one, looked, new Map([[host.name, nothing]]));
  const view = surveyed.hosts.get(host.name);
  if (view === undefined) return undefined;
  if (!('look' in view) && (view.code === 'no-engine' || view.kind === 'unreachable'))
    return undefined;
  return {engine, view};
}

/** A signal of a host's own: many listeners on one are taken for a leak by Node. */
export const forOneHost = (looking: Looking): Looking =>
  looking.signal === undefined ? looking : {...looking, signal: AbortSignal.any([looking.signal])};

/** Looks at one host: two commands for itself and each engine it may have, side by side; nothing is changed. */
export async function lookAtHost(
  looking: Looking,
  host: Host,
  names: readonly string[],
): Promise<Subject> {
  const transport = await looking.transportOf(host.name);
  if (!transport.ok) return {host, problem: transport.error, engines: []};
  const mayHave = looking.engines.all.filter(({name, onlyNamed}) =>
    host.engine === undefined ? onlyNamed !== true : host.engine === name,
  );
  const [exam, ...engines] = await Promise.all([
    examOf(transport.value, looking),
    ...mayHave.map((engine) => seeEngine(looking, host, engine, names)),
  ]);
  if (!exam.ok) return {host, problem: exam.error, engines: []};
  // Not at the same time as the others, which need sessions, too.
  const tooFewSessions = await transport.value.probeSessions?.(sessionsFor(1), looking.signal);
  return {
    host,
    ...exam.value,
    ...(tooFewSessions && {tooFewSessions}),
    engines: engines.filter((each) => each !== undefined),
  };
}
