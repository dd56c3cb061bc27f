import {containerStates, get, H, hostAt, HOSTS, phases, type State} from './state.js';

const flag = (state: State, at: number, word: string): readonly string[] =>
  get(state, at) === 1 ? [word] : [];

const owned = (state: State, at: number, word: string): readonly string[] =>
  get(state, at) > 0 ? [`${word} of run ${get(state, at)}`] : [];

function container(state: State, here: number): string {
  const words = [
    containerStates[get(state, here + H.container)] ?? '?',
    ...flag(state, here + H.memory, 'with its memory'),
    ...flag(state, here + H.policy, 'restart always'),
    ...flag(state, here + H.held, 'in quarantine'),
  ];
  return words.join(', ');
}

function record(state: State, here: number): readonly string[] {
  const phase = get(state, here + H.record);
  return phase === 0
    ? []
    : [`record "${phases[phase] ?? '?'}" of run ${get(state, here + H.recordRun)}`];
}

function hostText(state: State, host: number): string {
  const here = hostAt(host);
  const words = [
    get(state, here + H.up) === 1 ? container(state, here) : `no power; ${container(state, here)}`,
    ...record(state, here),
    ...owned(state, here + H.lease, get(state, here + H.expired) === 1 ? 'expired lease' : 'lease'),
    ...owned(state, here + H.images, 'images'),
    ...owned(state, here + H.busyRun, 'a command runs'),
    ...owned(state, here + H.lateRun, 'a late command'),
  ];
  return `${HOSTS[host] ?? '?'}: ${words.join('; ')}`;
}

/** One line of a story: what happened, and what it changed on the hosts. */
export function told(what: string, faults: number, before: State, after: State): string {
  const changed = [0, 1].flatMap((host) => {
    const text = hostText(after, host);
    return before.length > 0 && hostText(before, host) === text ? [] : [text];
  });
  const mark = faults > 0 ? '! ' : '  ';
  return `${mark}${what}${changed.length > 0 ? `\n      ${changed.join('\n      ')}` : ''}`;
}
