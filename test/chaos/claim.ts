import type {Ended} from '../lab/cm-run.js';
import {type ChaosLab, container, hosts} from './chaos-lab.js';

/** What podman and the kernel of a host say, asked past its network. */
export interface Fact {
  readonly host: string;
  /** As podman calls it; undefined: it is not there. */
  readonly state: string | undefined;
  /** Processes of it are there. */
  readonly alive: boolean;
}

const stateScript = `
podman container exists app || { echo none; exit 0; }
podman container inspect --format '{{.State.Status}}' -- app`;

export async function factsOf(lab: ChaosLab): Promise<readonly Fact[]> {
  return Promise.all(
    hosts.map(async (host) => {
      const state = await lab.inside(host, stateScript).catch(() => 'unknown');
      return {host, state: state === 'none' ? undefined : state, alive: await lab.alive(host)};
    }),
  );
}

export const shown = (facts: readonly Fact[]): string =>
  facts
    .map(({host, state = 'none', alive}) => `${host} ${state}${alive ? '' : ', no process'}`)
    .join('; ');

interface Said {
  readonly code: string;
  readonly message: string;
}

interface Reported {
  readonly container: string;
  readonly outcome: string;
  readonly where?: readonly string[];
  readonly downtimeMs?: number;
  readonly problems?: readonly Said[];
}

/** The last line of a run's JSON. */
interface Summary {
  readonly runs?: readonly {
    readonly containers: readonly Reported[];
    readonly problems: readonly Said[];
  }[];
}

/** What a run says of how it ended. */
export interface Claim {
  readonly exit: number;
  /** `killed` where it had no time to say anything. */
  readonly outcome: string;
  readonly where: readonly string[];
  readonly downtimeMs?: number;
  /** Codes and messages. */
  readonly because: readonly string[];
}

export function claimOf({exit, lines}: Ended): Claim {
  const summary = lines.findLast(({type}) => type === 'summary') as Summary | undefined;
  const {containers, problems} = summary?.runs?.[0] ?? {containers: [], problems: []};
  const nothing = {outcome: exit === killed ? 'killed' : 'nothing', problems: []};
  const said: Omit<Reported, 'container'> =
    containers.find((each) => each.container === container) ?? nothing;
  const {outcome, where = [], downtimeMs} = said;
  return {
    ...{exit, outcome, where},
    ...(downtimeMs !== undefined && {downtimeMs}),
    because: [...(said.problems ?? []), ...problems].map(
      ({code, message}) => `${code}: ${message}`,
    ),
  };
}

/** The exit of a process that was killed (128 + SIGKILL). */
const killed = 137;

/** The exits that a run of a good plan may have. */
const knownExits = [0, 1, 3, 11, 12, 14, killed];

const isRunning = ({state, alive}: Fact): boolean => state === 'running' && alive;

interface Judging {
  readonly before: readonly Fact[];
  readonly after: readonly Fact[];
  /** Where what runs may have gone down behind the run's back: there only what exists is compared. */
  readonly dark?: string;
}

/** Compares what a run says with the hosts as they are: each line is a lie. */
export function liesOf(claim: Claim, judging: Judging): readonly string[] {
  const {exit, outcome} = claim;
  const lies = knownExits.includes(exit) ? [] : [`exit ${exit}`];
  // A kill between the summary and the end of the process leaves a true summary and the killer's exit.
  const expected = exit === killed ? undefined : expectedExits[outcome];
  if (expected && !expected.includes(exit)) lies.push(`exit ${exit} and "${outcome}"`);
  const wrong = placeLie(claim, judging);
  return wrong === undefined
    ? lies
    : [...lies, `says ${told(claim)}; it was ${shown(judging.before)}, and is ${wrong}`];
}

const told = ({outcome, where}: Claim): string => `"${outcome}" ${where.join(' and ')}`;

const expectedExits: Readonly<Record<string, readonly number[]>> = {
  moved: [0],
  settled: [0],
  back: [0, 1],
  untouched: [1, 11, 12, 14],
  look: [3],
  refused: [3, 11, 12, 14],
  killed: [killed],
};

function placeLie({outcome, where}: Claim, {before, after, dark}: Judging): string | undefined {
  const there = after.filter((fact) => where.includes(fact.host));
  const elsewhere = after.filter((fact) => !where.includes(fact.host));
  const exists = ({state}: Fact): boolean => state !== undefined;
  const is = shown(after);
  const unless = (good: boolean): string | undefined => (good ? undefined : is);
  switch (outcome) {
    case 'moved':
    case 'back': {
      const runs = there.every((fact) => isRunning(fact) || (fact.host === dark && exists(fact)));
      return unless(runs && !elsewhere.some(isRunning));
    }
    case 'settled':
      return unless(there.every(exists) && !elsewhere.some(isRunning));
    case 'look':
      return unless(after.some(exists));
    case 'untouched':
    case 'refused':
      return unless(after.every((fact, at) => fact.host === dark || isSame(fact, before[at])));
    case 'killed':
      return undefined;
    default:
      return `nobody knows what that means; ${is}`;
  }
}

const isSame = (one: Fact, other: Fact | undefined): boolean =>
  one.state === other?.state && one.alive === other?.alive;
