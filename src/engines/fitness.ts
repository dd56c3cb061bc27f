import type {HostPair, Pair, Refusal} from './engine.js';
import type {ObservedContainer} from './facts.js';

/**
 * A container that asks nothing of its hosts: whatever is refused for it is refused for every other
 * one. `raw` is what the engine's own rules read.
 */
const plainContainer = (networks: readonly string[], raw: unknown): ObservedContainer => ({
  // no container is called so
  id: '-',
  name: '-',
  state: 'running',
  pid: 0,
  restored: false,
  image: {id: '', name: ''},
  restartPolicy: 'no',
  addresses: networks.map((network) => ({network, fixed: false})),
  ports: [],
  mounts: [],
  tty: false,
  devices: [],
  privileged: false,
  autoRemove: false,
  userNamespace: false,
  labels: {},
  upperDir: '/',
  raw,
});

/** The rules of a preflight, asked about a container that is no reason for any of them. */
export const fitnessBy =
  <Strategy>(rules: (strategy: Strategy, pair: Pair) => readonly Refusal[], raw: unknown = {}) =>
  (strategy: Strategy, {networks, ...pair}: HostPair): readonly Refusal[] =>
    rules(strategy, {...pair, container: plainContainer(networks, raw)});
