import {type Settled, refusedFor, unseen} from '../settled.js';
import type {Inputs} from '../inputs.js';
import type {Command} from '../../base/command.js';
import type {Engine, Pair, Refusal} from '../../engines/engine.js';
import {weightIn} from '../../engines/host/weight-in.js';
import type {Container} from '../../plan/plan.js';
import {keptFolder, type KeptOrigin} from '../../state/host/kept.js';
import {writeRecord} from '../../state/host/records.js';
import type {HostView} from '../../state/host/observed.js';
import {viewWithout} from '../alone.js';
import {fingerprintOf} from '../situation/fingerprint.js';
import {checkpointFolderRefusals, keepRefusals} from '../claims/folder-refusals.js';
import {keptFolders, type Keeping} from './keep-parts.js';
import {createParts, scratchOfKept} from './keep.js';
import {pairOf} from '../strategy/ladder.js';
import {lane, making} from '../lanes/lanes.js';
import {recordOf, type Making} from '../steps/making.js';
import type {Found} from '../situation/scene.js';

/** What is asked of one container of a plan. */
export interface KeepWish {
  readonly id: string;
  readonly why: KeptOrigin['why'];
  readonly note?: string;
  /** It stays stopped, and its record says what it comes back from. */
  readonly park?: true;
}

const notRunning = (name: string, state: string): Refusal => ({
  code: 'not-running',
  message: `container "${name}" is ${state}, so there is no memory to keep`,
  remedy: 'start it first',
});

const whys: Readonly<Record<KeepWish['why'], string>> = {
  asked: 'it was asked for',
  every: 'the plan wants one this often',
  parked: 'the plan wants it parked',
  'before-restore': 'another one is put in its place',
};

export function keepOne(
  inputs: Inputs,
  container: Container,
  found: Found,
  wish: KeepWish,
): Settled {
  const {host} = found.view;
  const {state} = found.container;
  if (state !== 'running') return refusedFor(container, host, [notRunning(container.name, state)]);
  const here = hereOf(inputs, container, found);
  if (!here) return refusedFor(container, host, [unseen]);
  const refusals = [
    ...here.engine.refusals('stateful', here.pair),
    ...keepRefusals(container, found.container, found.view),
    ...(container.checkpoints?.in === undefined
      ? []
      : checkpointFolderRefusals(container.checkpoints.in, found.container, found.view)),
  ];
  if (refusals.length > 0) return refusedFor(container, host, refusals);
  const keeping = keepingOf(inputs, here, wish);
  const fingerprint = fingerprintOf(inputs.observed, container.name, [host]);
  const parts = createParts(keeping, fingerprint, wish.park ? parkedRecord(keeping) : 'running');
  const because = whys[wish.why];
  return {
    decision: {
      ...{action: 'keep', container, id: wish.id, because},
      from: host,
      to: host,
    },
    lanes: [
      {
        ...lane(inputs, keeping.making, 'move', parts),
        after: [],
        onFailure: [],
        onRollback: [],
        ends: 'kept',
      },
    ],
  };
}

/** From then on its memory is in this checkpoint and nowhere else. */
function parkedRecord({making: made, folder, head: {id}}: Keeping): Command {
  const kept = {id, folder, described: made.observed};
  return writeRecord({...recordOf(made, 'parked'), kept});
}

/** A container and the one host that it is on. */
export interface Here {
  readonly container: Container;
  readonly view: HostView;
  readonly engine: Engine;
  readonly pair: Pair;
}

export function hereOf(inputs: Inputs, container: Container, {view, container: observed}: Found) {
  const engine = inputs.engines.get(view.engine);
  const pair = pairOf(container, observed, view, viewWithout(view, observed));
  return engine && pair ? {container, view, engine, pair} : undefined;
}

/** All that a checkpoint of it is made of; `making` is of its host alone. */
export function keepingOf(inputs: Inputs, here: Here, {id, why, note}: KeepWish): Keeping {
  const {container, view, engine, pair} = here;
  const {host} = view;
  const made = making(
    inputs,
    {container, index: 0, pair, engine},
    {from: host, to: host, strategy: 'stateful'},
    scratchOfKept(id),
  );
  const memory = weightIn(pair.source, container.name)?.memory ?? 0;
  const running = why !== 'parked' && why !== 'before-restore';
  const origin = {host, at: inputs.at, run: inputs.run, plan: inputs.plan.name, why, running};
  return {
    making: made,
    memory,
    folder: keptFolder(container.name, id, container.checkpoints?.in),
    head: {
      format: 1,
      id,
      container: container.name,
      containerId: pair.container.id,
      restartPolicy: pair.container.restartPolicy,
      image: pair.container.image,
      origin: {...origin, ...(note !== undefined && {note})},
      maker: makerOf(here),
      content: {memory, mounts: pair.container.mounts},
      folders: headFolders(made),
    },
  };
}

function makerOf({view, pair: {source, sourceVersion}}: Here): Keeping['head']['maker'] {
  const {runtime, runtimeVersion, criu, kernel, architecture, cpuModel} = source;
  return {
    ...{engine: view.engine, engineVersion: sourceVersion, runtime, runtimeVersion},
    ...{criu: criu?.version ?? '', kernel, architecture, cpuModel},
  };
}

const headFolders = (made: Making): Keeping['head']['folders'] =>
  keptFolders(made).map(({key}) => {
    const mount = made.folders.find((each) => each.key === key)?.mount;
    if (!mount) return {key, kind: 'rootfs', name: 'rootfs', destination: '/'};
    const {kind, name, destination} = mount;
    return {key, kind: kind === 'bind' ? 'bind' : 'volume', name, destination};
  });
