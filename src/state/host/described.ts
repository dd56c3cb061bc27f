import {containerId} from '../../base/host-words.js';
import {anyForms, checkContainer} from '../../engines/oci/container-words.js';
import type {ObservedContainer} from '../../engines/facts.js';
import {flag, list, number, one, record, shape, text, type Check} from '../shape.js';

const described = shape(
  {
    id: text,
    name: text,
    state: one('running', 'paused', 'created', 'stopped', 'checkpointed'),
    pid: number,
    restored: flag,
    image: shape({id: text, name: text}),
    restartPolicy: text,
    addresses: list(shape({network: text, fixed: flag}, {ip: text, mac: text})),
    ports: list(shape({hostIp: text, hostPort: number, containerPort: number, protocol: text})),
    mounts: list(
      shape({
        kind: one('volume', 'bind', 'tmpfs'),
        name: text,
        source: text,
        destination: text,
        readOnly: flag,
      }),
    ),
    tty: flag,
    devices: list(text),
    privileged: flag,
    autoRemove: flag,
    userNamespace: flag,
    labels: record(text),
  },
  {
    ...{startedAt: text, pod: text, joins: text, upperDir: text},
    stop: shape({signal: number, timeoutMs: number}),
  },
);

const isContainer = (value: unknown): value is ObservedContainer => described(value);

const forms = anyForms(containerId);

/** A container as it was written down on a host: of the right shape, and every value of its form. */
export const isDescribed = ((value: unknown) =>
  isContainer(value) && checkContainer(value, forms).ok) satisfies Check as (
  value: unknown,
) => value is ObservedContainer;
