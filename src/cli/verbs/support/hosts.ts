import type {Problem} from '../../../base/problem.js';
import {
  containerQuestions,
  hostQuestions,
  type HostQuestion,
} from '../../../diagnose/host-questions.js';
import {redactInspect, type Variable} from '../../../diagnose/redact-inspect.js';
import {Slots} from '../../../hosts/slots.js';
import type {Transport} from '../../../hosts/transport.js';
import type {HostName, Plan} from '../../../plan/plan.js';
import type {KeptRun} from '../../../state/runner/run-files.js';
import type {Context} from '../../session/context.js';
import type {Raw} from './pack.js';

/** What the hosts of a run say. */
export interface OfHosts {
  readonly files: readonly Raw[];
  /** Values of the containers' environments. */
  readonly variables: readonly Variable[];
  /** Hosts that could not be asked, and why. */
  readonly dark: readonly Problem[];
}

/** Questions to one host at the same time. */
const atOnce = 4;

/** The containers that the run was about, and not those that were where they belong. */
export function containersOf({report, journal}: KeptRun): readonly string[] {
  const named = report
    ? report.containers.filter(({outcome}) => outcome !== 'settled').map((each) => each.container)
    : journal.flatMap(({container}) => container ?? []);
  return [...new Set(named)];
}

/** The hosts that took part; all of the plan when that is not known. */
export function hostsOf({report}: KeptRun, plan: Plan): readonly HostName[] {
  const moved = report?.containers.flatMap(({from, to}) => [from, to]) ?? [];
  const named = [...moved, ...Object.keys(report?.versions ?? {})];
  const known = [...plan.hosts.keys()];
  const found = known.filter((host) => named.includes(host));
  return found.length > 0 ? found : known;
}

const none: OfHosts = {files: [], variables: [], dark: []};

const joined = (all: readonly OfHosts[]): OfHosts => ({
  files: all.flatMap(({files}) => files),
  variables: all.flatMap(({variables}) => variables),
  dark: all.flatMap(({dark}) => dark),
});

async function ask(transport: Transport, folder: string, question: HostQuestion): Promise<OfHosts> {
  const name = `${folder}/${question.file}`;
  const answer = await transport.run(question.command);
  if (!answer.ok && answer.error.kind === 'unreachable') return {...none, dark: [answer.error]};
  if (!answer.ok) return {...none, files: [{name, text: `(no answer: ${answer.error.message})\n`}]};
  const {stdout, stderr} = answer.value;
  if (!question.inspect) return {...none, files: [{name, text: stdout + stderr}]};
  if (stdout.trim() === '' || stdout.trim() === '[]') return none;
  const inspected = redactInspect(stdout);
  const text = inspected ? `${JSON.stringify(inspected.json, undefined, 2)}\n` : '(unreadable)\n';
  return {...none, files: [{name, text}], variables: inspected?.variables ?? []};
}

async function askHost(transport: Transport, containers: readonly string[]): Promise<OfHosts> {
  const [first, ...others] = hostQuestions;
  const folder = `hosts/${transport.host}`;
  // One question tells whether it answers at all; the others would each wait as long for nothing.
  const begun = first ? await ask(transport, folder, first) : none;
  if (begun.dark.length > 0) return begun;
  const slots = new Slots(atOnce);
  const questions = [
    ...others.map((question) => ({folder, question})),
    ...containers.flatMap((name, index) =>
      containerQuestions(name).map((question) => ({
        folder: `${folder}/containers/${index + 1}-${name}`,
        question,
      })),
    ),
  ];
  const answers = await Promise.all(
    questions.map(async (each) => {
      await slots.take();
      return ask(transport, each.folder, each.question).finally(() => {
        slots.give();
      });
    }),
  );
  const told = joined([begun, ...answers]);
  // Lost half-way: told once.
  return {...told, dark: told.dark.slice(0, 1)};
}

/** Asks every host of the run, all at once, and changes nothing on them. */
export async function supportOfHosts(
  context: Context,
  kept: KeptRun,
  plan: Plan,
): Promise<OfHosts> {
  const {openWorld} = await import('../../session/world.js');
  const world = await openWorld(context, plan);
  try {
    const all = hostsOf(kept, plan).map(async (host) => {
      const transport = await world.looking.transportOf(host);
      if (!transport.ok) return {...none, dark: [transport.error]};
      return askHost(transport.value, containersOf(kept));
    });
    return joined(await Promise.all(all));
  } finally {
    await world.close();
  }
}
