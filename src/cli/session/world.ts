import type {Inputs} from '../../planner/inputs.js';
import {randomBytes} from 'node:crypto';
import {userInfo} from 'node:os';
import {rootsOf} from '../../base/problem-groups.js';
import {engines} from '../../engines/registry.js';
import {type Planned, problemsOf} from '../../planner/change.js';
import {planMoves} from '../../planner/plan-moves.js';
import {questions} from '../../planner/questions.js';
import {openTransports} from '../../hosts/open.js';
import type {Transport} from '../../hosts/transport.js';
import type {Plan} from '../../plan/plan.js';
import {makePlan, type Planner} from '../../run/make-plan.js';
import {ratesLearner} from '../../run/rates.js';
import type {Looking} from '../../state/host/observe.js';
import type {Observed} from '../../state/host/observed.js';
import {latestReports} from '../../state/runner/run-files.js';
import {processTable} from '../../state/host/runner-process.js';
import {systemClock} from './clock.js';
import type {Context} from './context.js';
import {darkIn} from './seen.js';
import type {Chosen} from '../command-line/selection.js';
import {stateFolder} from './state-folder.js';

/** The real hosts of one plan, and how they are looked at. */
export interface World {
  readonly looking: Looking;
  readonly planner: Planner;
  /** The machine of the runner. */
  readonly runner: Transport;
  /** What the latest look showed; absent before the first. */
  seen(): Observed | undefined;
  /** Finds figures of whichever engine printed the text. */
  figuresOf(text: string): Readonly<Record<string, number>> | undefined;
  close(): Promise<void>;
}

/** Sortable, and told apart from another runner's of the same second. */
export function newRun(now: number): string {
  const time = new Date(now)
    .toISOString()
    .replaceAll(/[-:]|\.\d+Z/gu, '')
    .replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}

export async function openWorld(context: Context, plan: Pick<Plan, 'hosts'>): Promise<World> {
  const {machine, home} = context;
  const {localTransport} = await import('../../hosts/local.js');
  const env = {variables: machine.env, home, user: userInfo().username};
  const transports = openTransports(plan.hosts.values(), env);
  const runner = localTransport('runner', machine.env);
  let observed: Observed | undefined;
  const planner: Planner = {
    questions,
    planMoves: (inputs) => {
      observed = inputs.observed;
      const planned = planMoves(inputs);
      // Why a host is dark, unless that is the cause of a refusal and told with it.
      const causes = new Set(problemsOf(planned.decisions).flatMap(rootsOf));
      const dark = darkIn(inputs.observed).filter((each) => !causes.has(each));
      return {...planned, warnings: [...dark, ...planned.warnings]};
    },
  };
  return {
    looking: {
      transportOf: (host) => transports.get(host),
      engines,
      clock: systemClock,
      signal: machine.leave,
      processes: processTable({pid: machine.pid, exists: machine.hasProcess}),
    },
    planner,
    runner,
    seen: () => observed,
    figuresOf: (text) =>
      engines.all.reduce<Readonly<Record<string, number>> | undefined>(
        (found, engine) => found ?? engine.figures(text),
        undefined,
      ),
    close: async () => {
      await Promise.all([transports.close(), runner.close()]);
    },
  };
}

/** Runs that are looked through for what the way between two hosts has been like. */
const remembered = 20;

/** From what is kept of earlier runs on this machine. */
export async function ratesOf({machine, home}: Context): Promise<NonNullable<Inputs['rates']>> {
  const reports = await latestReports(stateFolder(machine.env, home), remembered);
  return ratesLearner(reports);
}

/** The plan's own words, and what the command line says about them. */
export async function inputsOf(
  context: Context,
  plan: Plan,
  run: string,
  only: Chosen,
): Promise<Omit<Inputs, 'observed' | 'engines'>> {
  const {commit} = await context.provenance();
  const at = new Date(systemClock.now()).toISOString();
  const rates = await ratesOf(context);
  return {plan, run, at, only, rates, ...(commit !== undefined && {commit})};
}

/** Looks at the hosts and decides; changes nothing. */
export async function lookAndPlan(
  context: Context,
  world: World,
  plan: Plan,
  only: Chosen,
): Promise<Planned> {
  const inputs = await inputsOf(context, plan, newRun(systemClock.now()), only);
  return makePlan(world.looking, world.planner, inputs);
}
