import {aContainer} from '../../engines/podman-pair.js';
import {record} from '../world.js';
import {does, line} from './follow.js';
import {row, type Row} from './row.js';
import {becomes, podmanWorld, recorded, says, type Side, type World} from './world.js';

const at = (
  world: World,
  side: Side,
  ...containers: World['alpha']['look']['containers']
): World => ({
  ...world,
  [side]: {...world[side], look: {...world[side].look, containers}},
});

const id = 'f'.repeat(64);

const leaving = record('leaving', {id, startedAt: '2026-01-01T00:00:00Z'});

const frozen = (): World =>
  recorded(becomes(podmanWorld(), {state: 'checkpointed'}), 'alpha', leaving);

const there = (world: World, state: 'running' | 'stopped'): World =>
  at(world, 'beta', aContainer({id: 'e'.repeat(64), state}));

const forgetting = (world: World, side: Side): World => recorded(world, side);

/** The host has it, in words that cannot be read. */
const unreadable = (): World => {
  const is = podmanWorld();
  const [one = aContainer()] = is.alpha.look.containers;
  const look = {...is.alpha.look, containers: [], unreadable: [{...one, reason: 'no ID'}]};
  return {...is, alpha: {...is.alpha, look}};
};

const torn = (): World => {
  const is = podmanWorld();
  const unreadableRecords = [{container: is.name, reason: 'not a record'}];
  return {...is, alpha: {...is.alpha, unreadableRecords}};
};

/** Where the container is, when that is not plain. */
export const standingRows: readonly Row[] = [
  row(
    'container-unreadable',
    unreadable,
    does('make it on "alpha" again without that', () => podmanWorld()),
  ),
  row(
    'record-unreadable',
    torn,
    does('remove it when no move of "redis" is under way', () => podmanWorld()),
  ),
  row(
    'not-found',
    () => at(podmanWorld(), 'alpha'),
    does('add the host that it is on', () => podmanWorld()),
  ),
  row(
    'found-twice',
    () => there(podmanWorld(), 'running'),
    does('remove the other', (is) => at(is, 'beta')),
  ),
  row(
    'same-machine',
    () => {
      const is = there(podmanWorld(), 'running');
      return {...is, alpha: {...is.alpha, machine: 'm'}, beta: {...is.beta, machine: 'm'}};
    },
    does('correct its address', () => podmanWorld()),
  ),
  row(
    'frozen',
    () => becomes(podmanWorld(), {state: 'checkpointed'}),
    does('start it there', (is) => becomes(is, {state: 'running'})),
    does('restore it on "alpha"', (is) => becomes(is, {state: 'running', restored: true})),
  ),
  row(
    'nothing-to-park',
    () => says(at(there(podmanWorld(), 'stopped'), 'alpha'), {state: 'parked'}),
    line(0),
    line(1),
  ),
  row(
    'move-unclear',
    () => there(frozen(), 'stopped'),
    does('remove /var/lib/cm/moves/', (is) => at(forgetting(is, 'alpha'), 'alpha')),
  ),
  row(
    'started-fresh',
    () => recorded(there(frozen(), 'running'), 'beta', record('arriving', {id})),
    does('remove it on "beta" and apply again', (is) => at(is, 'beta')),
    does('remove it on "alpha" and apply again', (is) => at(is, 'alpha')),
  ),
  row(
    'started-fresh',
    () => becomes(frozen(), {state: 'running', restored: false, startedAt: '2026-01-02T00:00:00Z'}),
    does('stop it on "alpha" and apply again', (is) => becomes(is, {state: 'stopped'})),
    does('remove /var/lib/cm/moves/redis.json there', (is) => forgetting(is, 'alpha')),
  ),
  row(
    'moved-on',
    () => {
      const is = at(
        recorded(frozen(), 'beta', record('left', {run: 'r2', from: 'beta', to: 'gamma'})),
        'beta',
      );
      const gamma = {...podmanWorld().alpha, host: 'gamma'};
      return {...is, gamma, container: {on: 'gamma', strategy: 'stateful'}};
    },
    does('remove it on "alpha", and /var/lib/cm/moves/redis.json there', (is) =>
      at(forgetting(is, 'alpha'), 'alpha'),
    ),
  ),
  row(
    'another-container',
    () => recorded(becomes(podmanWorld(), {id: 'e'.repeat(64)}), 'alpha', leaving),
    does('remove /var/lib/cm/moves/redis.json on "alpha"', (is) => forgetting(is, 'alpha')),
  ),
  row(
    'target-unknown',
    () => {
      const gone = record('leaving', {id, to: 'gamma', startedAt: '2026-01-01T00:00:00Z'});
      return recorded(frozen(), 'alpha', gone);
    },
    does('bring "gamma" back into the plan', (is) => ({...is, gamma: {...is.beta, host: 'gamma'}})),
  ),
  row(
    'memory-gone',
    () => {
      const kept = {id: '20260101T000000Z-0a1b2c', folder: '/var/lib/cm/checkpoints/x'};
      const is = says(becomes(podmanWorld(), {state: 'stopped'}), {on: 'alpha', state: 'running'});
      return recorded(is, 'alpha', record('parked', {id, from: 'alpha', to: 'alpha', kept}));
    },
    does('remove what /var/lib/cm/moves has of it on "alpha", start it there', (is) =>
      becomes(recorded(is, 'alpha'), {state: 'running'}),
    ),
  ),
  row(
    'memory-gone',
    () => {
      const is = becomes(podmanWorld(), {state: 'stopped'});
      const before = {...leaving, boot: `${'a'.repeat(36)} pid:[1]`};
      const machine = `${'b'.repeat(36)} id net:[1] pid:[1]`;
      return recorded({...is, alpha: {...is.alpha, machine}}, 'alpha', before);
    },
    does('start it on "alpha"', (is) =>
      becomes(is, {state: 'running', startedAt: '2026-01-03T00:00:00Z'}),
    ),
  ),
  row(
    'checkpoints-in-mount',
    () => {
      const bind = {kind: 'bind', name: '/www', source: '/srv/www', destination: '/www'} as const;
      const is = becomes(podmanWorld(), {mounts: [{...bind, readOnly: false}]});
      return says(is, {on: 'alpha', state: 'parked', checkpoints: {in: '/srv/www/kept'}});
    },
    does('name another folder', (is) => says(is, {checkpoints: {in: '/var/kept'}})),
  ),
];
