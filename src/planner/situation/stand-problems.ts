import type {Problem} from '../../base/problem.js';
import type {ObservedContainer} from '../../engines/facts.js';
import type {Container, HostName} from '../../plan/plan.js';
import type {MoveRecord} from '../../state/host/observed.js';
import type {Found, Scene} from './scene.js';

const names = (hosts: readonly HostName[]): string =>
  hosts.map((host) => `"${host}"`).join(' and ');

export const runsTwice = (
  {name}: Container,
  hosts: readonly HostName[],
  verb = 'runs',
): Problem => ({
  kind: 'look',
  code: 'found-twice',
  container: name,
  message: `container "${name}" ${verb} on ${names(hosts)}`,
  remedy: 'find out which one is right, remove the other, and apply again; nothing was touched',
});

/** `twin`: one of those that it was found on. */
export const sameMachine = ({name}: Container, found: readonly Found[], twin: Found): Problem => ({
  kind: 'look',
  code: 'same-machine',
  container: name,
  message: `${names(found.filter(({view}) => view.machine === twin.view.machine).map(({view}) => view.host))} are two names of one machine, where container "${name}" is once`,
  remedy: 'take one of the two names out of the plan, or correct its address; nothing was touched',
});

type Unreadable = Scene['unreadable'][number];

const containerUnreadable = ({name}: Container, {host, reason}: Unreadable): Problem => ({
  kind: 'preflight',
  code: 'container-unreadable',
  container: name,
  host,
  message: `container "${name}" on "${host}" cannot be read: ${reason}`,
  remedy: `make it on "${host}" again without that, or take it out of the plan; other containers are not concerned`,
});

const recordUnreadable = ({name}: Container, {host, reason}: Unreadable): Problem => ({
  kind: 'look',
  code: 'record-unreadable',
  container: name,
  host,
  message: `the record of container "${name}" on "${host}" cannot be read: ${reason}`,
  remedy: `use the cm that wrote /var/lib/cm/moves/${name}.json there; or look at all hosts, and remove it when no move of "${name}" is under way`,
});

/** One container's words: the others of its host are told by theirs. */
export const notReadable = (container: Container, odd: Unreadable): Problem =>
  odd.what === 'container' ? containerUnreadable(container, odd) : recordUnreadable(container, odd);

export const notFound = ({name, at}: Container, hosts: readonly HostName[]): Problem => ({
  kind: 'preflight',
  code: 'not-found',
  container: name,
  location: at,
  message: `container "${name}" is on none of the plan's hosts (${hosts.join(', ')})`,
  remedy: 'correct its name, add the host that it is on, or take it out of the plan',
});

/** No record tells of a move, so a person froze it, and its memory is in that person's checkpoint. */
export const frozen = ({name}: Container, host: HostName): Problem => ({
  kind: 'look',
  code: 'frozen',
  container: name,
  host,
  message: `container "${name}" is frozen on "${host}", and no move did it`,
  remedy: `restore it on "${host}"; or start it there, when its memory may be lost; and apply again`,
});

/** It ended by itself, or with its host, before it was parked. */
export const nothingToPark = (
  {name, at}: Container,
  host: HostName,
  {state}: ObservedContainer,
): Problem => ({
  kind: 'preflight',
  code: 'nothing-to-park',
  container: name,
  host,
  location: at,
  message: `container "${name}" is to be parked and is ${state} on "${host}", so it has no memory`,
  remedy: 'say `state: running` first, which starts it fresh; or `state: stopped`',
});

export const unreachableHosts = ({name, on}: Container, dark: readonly Problem[]): Problem => {
  const hosts = dark.map(({host}) => host ?? '?');
  const target = dark.find(({host}) => host === on);
  return {
    kind: 'unreachable',
    code: 'cannot-see',
    container: name,
    ...((target ?? dark[0])?.host && {host: (target ?? dark[0])?.host ?? on}),
    message: `cannot tell where container "${name}" is while ${names(hosts)} cannot be looked at`,
    remedy: `when ${hosts.length === 1 ? 'that host is' : 'those hosts are'} gone for good, take ${names(hosts)} out of the plan`,
    because: dark,
  };
};

export const unknownTarget = (
  {name}: Container,
  {run, to}: MoveRecord,
  source: HostName,
  dark: Problem | undefined,
): Problem => ({
  kind: 'look',
  code: 'target-unknown',
  container: name,
  host: to,
  message: `run ${run} was moving container "${name}" from "${source}" to "${to}", and "${to}" ${dark ? 'cannot be reached' : 'is not in this plan'}`,
  remedy: `bring "${to}" back${dark ? '' : ' into the plan'} and apply again; until then nothing is started on "${source}", since it may be running on "${to}"`,
  ...(dark && {because: [dark]}),
});

/** Which of the two counts, what has been served since or what was in memory before, only a person knows. */
export const startedFresh = (
  {name}: Container,
  {run, from, to}: MoveRecord,
  {startedAt}: ObservedContainer,
): Problem => ({
  kind: 'look',
  code: 'started-fresh',
  container: name,
  host: to,
  message: `run ${run} was moving container "${name}" from "${from}" to "${to}", and did not end; on "${to}" it runs, but was started fresh${startedAt === undefined ? '' : ` (${startedAt})`}, and its memory is still on "${from}"`,
  remedy: `to go on with its memory, remove it on "${to}" and apply again; to go on with what runs on "${to}" now, remove it on "${from}" and apply again; nothing was touched`,
});

/** The same, on the source: what is in memory there is all that is left of what it was. */
export const startedAnew = (
  {name}: Container,
  {run, from, restartPolicy}: MoveRecord,
  {startedAt}: ObservedContainer,
): Problem => ({
  kind: 'look',
  code: 'started-fresh',
  container: name,
  host: from,
  message: `run ${run} froze container "${name}" on "${from}" and did not end; since then somebody has started it there anew${startedAt === undefined ? '' : ` (${startedAt})`}, without the memory that was kept of it`,
  remedy: `to go on with its memory, stop it on "${from}" and apply again; to go on with what runs there now, remove /var/lib/cm/moves/${name}.json there${/^(?:no)?$/.test(restartPolicy) ? '' : `, give it its restart policy "${restartPolicy}" again`}, and apply again; nothing was touched`,
});

/** Nothing is started fresh without somebody's word: what it had in memory may be more than its files tell. */
export const memoryLost = ({name}: Container, {run}: MoveRecord, host: HostName): Problem => ({
  kind: 'look',
  code: 'memory-gone',
  container: name,
  host,
  message: `run ${run} was moving container "${name}" and did not end, and "${host}" has restarted since: what "${name}" had in memory is lost, and it is stopped there`,
  remedy: `start it on "${host}", which begins it anew from its files, and apply again`,
});

/** What was left behind is older than what has been served since. */
export const movedOn = ({name}: Container, {run, from, to}: MoveRecord): Problem => ({
  kind: 'look',
  code: 'moved-on',
  container: name,
  host: from,
  message: `run ${run} was moving container "${name}" from "${from}" to "${to}", and it has gone on from there; what is left of it on "${from}" must not run again`,
  remedy: `remove it on "${from}", and /var/lib/cm/moves/${name}.json there, and apply again`,
});

/** The one that was moved is not there any more, and what the record says is not about this one. */
export const replacedByAnother = ({name}: Container, {run, from, to}: MoveRecord): Problem => ({
  kind: 'look',
  code: 'another-container',
  container: name,
  host: from,
  message: `run ${run} was moving container "${name}" from "${from}" to "${to}" and did not end, and "${name}" on "${from}" is another container by now`,
  remedy: `look at both hosts; when it is as you want it, remove /var/lib/cm/moves/${name}.json on "${from}" and apply again; nothing was touched`,
});

export const ambiguous = (
  {name}: Container,
  {run, from, to}: MoveRecord,
  onTarget: ObservedContainer | undefined,
): Problem => ({
  kind: 'look',
  code: 'move-unclear',
  container: name,
  message: `run ${run} was moving container "${name}" from "${from}" to "${to}"; now it is ${onTarget ? `${onTarget.state} on "${to}"` : `not on "${to}"`} and cannot be brought back from "${from}"`,
  remedy: `look at both hosts; when it is as you want it, remove /var/lib/cm/moves/ of "${name}" there and apply again`,
});
