import type {Argv} from '../base/command.js';
import {err, ok, type Result} from '../base/result.js';
import type {Refusal} from './engine.js';
import {asList, asRecord, asTextRecord, at, flagAt, numberAt, textAt, textsAt} from './json.js';
import {createWords, optionValues} from './podman-asked.js';
import {limitFlags} from './podman-create-limits.js';
import {mountFlags, unmountable} from './podman-create-mounts.js';
import {networkFlags} from './podman-create-network.js';

/** `--name value` unless the value is empty. */
const unless = (empty: string, name: string, value: string): readonly string[] =>
  value === empty ? [] : [`${name}=${value}`];

const each = (name: string, values: readonly string[]): readonly string[] =>
  values.map((value) => `${name}=${value}`);

/**
 * Options whose effect `podman inspect` does not tell, or not fully. They are taken as they were
 * written when the container was made.
 */
const replayed = [
  ...['--cgroup-conf', '--chrootdirs', '--device-cgroup-rule', '--gpus', '--group-entry'],
  ...['--hosts-file', '--hostuser', '--image-volume', '--init-path', '--passwd-entry'],
  ...['--personality', '--rdt-class', '--seccomp-policy', '--shm-size-systemd', '--sysctl'],
  ...['--unsetenv', '--health-startup-cmd', '--health-startup-interval'],
  ...['--health-startup-retries', '--health-startup-success', '--health-startup-timeout'],
];

function replayFlags(raw: unknown): readonly string[] {
  const words = createWords(raw);
  const sysctls = Object.entries(asTextRecord(at(raw, 'Spec', 'sysctl')));
  return [
    ...replayed.flatMap((name) => each(name, optionValues(words, name))),
    ...(words.includes('--unsetenv-all') ? ['--unsetenv-all'] : []),
    ...each(
      '--sysctl',
      sysctls.map(([key, value]) => `${key}=${value}`),
    ),
  ];
}

/** What podman writes by itself into every container, and what other flags bring along. */
export const ownAnnotation = (name: string): boolean =>
  /^(?:io\.container\.|io\.podman\.|org\.opencontainers\.image\.stopSignal$|org\.systemd\.property\.)/.test(
    name,
  );

/** `HOSTNAME` that only repeats the hostname is made by podman, as is `container`. */
export function ownVariable(raw: unknown, variable: string): boolean {
  return (
    variable === 'container=podman' || variable === `HOSTNAME=${textAt(raw, 'Config', 'Hostname')}`
  );
}

function environmentFlags(raw: unknown): readonly string[] {
  const variables = textsAt(raw, 'Config', 'Env').filter((variable) => !ownVariable(raw, variable));
  const labels = Object.entries(asTextRecord(at(raw, 'Config', 'Labels')));
  const annotations = Object.entries(asTextRecord(at(raw, 'Config', 'Annotations'))).filter(
    ([name]) => !ownAnnotation(name),
  );
  return [
    // podman would hand its own host's proxy settings to the container
    '--http-proxy=false',
    ...each('--env', variables),
    ...each(
      '--label',
      labels.map(([name, value]) => `${name}=${value}`),
    ),
    ...each(
      '--annotation',
      annotations.map(([name, value]) => `${name}=${value}`),
    ),
  ];
}

/** podman before 5.0 tells the entrypoint as one text; then it is what comes before the command. */
export function entrypointOf(raw: unknown): readonly string[] {
  const told = at(raw, 'Config', 'Entrypoint');
  if (typeof told !== 'string') return textsAt(raw, 'Config', 'Entrypoint');
  const words = [textAt(raw, 'Path'), ...textsAt(raw, 'Args')];
  const start = flagAt(raw, 'HostConfig', 'Init') ? words.indexOf('--') + 1 : 0;
  return told === '' ? [] : words.slice(start, words.length - textsAt(raw, 'Config', 'Cmd').length);
}

function processFlags(raw: unknown): readonly string[] {
  const config = asRecord(at(raw, 'Config'));
  const entrypoint = entrypointOf(raw);
  const notify = textAt(config, 'sdNotifyMode');
  const signal = config['StopSignal'];
  return [
    ...(entrypoint.length > 0 ? [`--entrypoint=${JSON.stringify(entrypoint)}`] : []),
    ...unless('', '--workdir', textAt(config, 'WorkingDir')),
    ...unless('', '--user', textAt(config, 'User')),
    ...each('--group-add', textsAt(raw, 'HostConfig', 'GroupAdd')),
    ...unless('', '--umask', textAt(config, 'Umask')),
    ...unless('', '--tz', textAt(config, 'Timezone')),
    ...unless(
      '',
      '--stop-signal',
      typeof signal === 'number' ? `${signal}` : textAt(config, 'StopSignal'),
    ),
    ...(at(config, 'StopTimeout') === undefined
      ? []
      : [`--stop-timeout=${numberAt(config, 'StopTimeout')}`]),
    ...unless('0', '--timeout', `${numberAt(config, 'Timeout')}`),
    ...unless('container', '--sdnotify', notify === '' ? 'container' : notify),
    `--systemd=${flagAt(config, 'SystemdMode') ? 'always' : 'false'}`,
    ...(flagAt(config, 'Tty') ? ['--tty'] : []),
    ...(flagAt(config, 'OpenStdin') ? ['--interactive'] : []),
    ...(flagAt(raw, 'HostConfig', 'Init') ? ['--init'] : []),
  ];
}

/** One text for a shell; a list is handed over as JSON, which podman keeps as it is. */
function healthCommand(test: readonly string[]): string {
  const [kind = '', ...rest] = test;
  if (kind === 'CMD-SHELL') return rest.join(' ');
  return test.length === 1 ? kind : JSON.stringify(test);
}

const nanoseconds = (value: unknown, key: string): string => `${numberAt(value, key)}ns`;

function healthFlags(raw: unknown): readonly string[] {
  const health = at(raw, 'Config', 'Healthcheck');
  const test = textsAt(health, 'Test');
  if (test.length === 0) return [];
  if (test[0] === 'NONE') return ['--no-healthcheck'];
  const action = textAt(raw, 'Config', 'HealthcheckOnFailureAction');
  return [
    `--health-cmd=${healthCommand(test)}`,
    ...unless('0ns', '--health-interval', nanoseconds(health, 'Interval')),
    ...each(
      '--health-interval',
      optionValues(createWords(raw), '--health-interval').filter((word) => word === 'disable'),
    ),
    ...unless('0ns', '--health-timeout', nanoseconds(health, 'Timeout')),
    ...unless('0ns', '--health-start-period', nanoseconds(health, 'StartPeriod')),
    ...unless('0', '--health-retries', `${numberAt(health, 'Retries')}`),
    ...unless('none', '--health-on-failure', action === '' ? 'none' : action),
  ];
}

function logFlags(raw: unknown): readonly string[] {
  const log = at(raw, 'HostConfig', 'LogConfig');
  const path = textAt(log, 'Path');
  const usual = path.startsWith(`${textAt(raw, 'StaticDir')}/`);
  const size = textAt(log, 'Size');
  return [
    ...unless('', '--log-driver', textAt(log, 'Type')),
    ...(path === '' || usual ? [] : [`--log-opt=path=${path}`]),
    ...(size === '' || size === '0B' ? [] : [`--log-opt=max-size=${size}`]),
    ...unless('', '--log-opt', textAt(log, 'Tag') === '' ? '' : `tag=${textAt(log, 'Tag')}`),
  ];
}

/** Empty where podman chose it: the short ID, or on the host's network the host's own name. */
export function hostnameOf(raw: unknown): string {
  const hostname = textAt(raw, 'Config', 'Hostname');
  if (hostname === textAt(raw, 'Id').slice(0, 12)) return '';
  if (textAt(raw, 'HostConfig', 'UTSMode') === 'host') return '';
  const words = createWords(raw);
  const onHost = textAt(raw, 'HostConfig', 'NetworkMode') === 'host' && words.length > 0;
  return onHost && optionValues(words, '-h', '--hostname').length === 0 ? '' : hostname;
}

function identityFlags(raw: unknown): readonly string[] {
  const policy = textAt(raw, 'HostConfig', 'RestartPolicy', 'Name');
  const tries = numberAt(raw, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount');
  return [
    `--name=${textAt(raw, 'Name').replace(/^\//, '')}`,
    ...unless('', '--hostname', hostnameOf(raw)),
    ...unless('', '--restart', tries > 0 ? `${policy}:${tries}` : policy),
    ...(flagAt(raw, 'HostConfig', 'AutoRemove') ? ['--rm'] : []),
  ];
}

interface Rule {
  readonly holds: (raw: unknown) => boolean;
  readonly refusal: Refusal;
}

/** What no flag of `podman create` brings to another host. */
const rules: readonly Rule[] = [
  {
    holds: (raw) => textAt(raw, 'Pod') !== '',
    refusal: {
      code: 'in-pod',
      message: 'it is a member of a pod, and a pod cannot be torn apart',
      remedy: 'run it outside of the pod',
    },
  },
  {
    holds: (raw) =>
      asList(at(raw, 'Config', 'Secrets')).length > 0 ||
      optionValues(createWords(raw), '--secret').length > 0,
    refusal: {
      code: 'secrets',
      message: 'it uses secrets of its host, which podman does not tell',
      remedy:
        'make the secrets on the target and the container by hand, or hand them over in a volume',
    },
  },
  {
    holds: (raw) => textAt(raw, 'Rootfs') !== '',
    refusal: {
      code: 'no-image',
      message: 'it was made from a folder ("--rootfs") and not from an image',
      remedy: 'make an image of it with "podman commit", and the container from that',
    },
  },
  {
    holds: (raw) => textsAt(raw, 'Dependencies').length > 0 && textAt(raw, 'Pod') === '',
    refusal: {
      code: 'joins-another',
      message: 'it uses the namespaces of another container or needs it',
      remedy: 'give it namespaces of its own, and name what it needs in "dependsOn"',
    },
  },
  {
    holds: (raw) => unmountable(raw) !== undefined,
    refusal: {
      code: 'mount-unknown',
      message:
        'it has a mount that cannot be written as an option (an overlay, or a path with a colon)',
      remedy: 'mount it in another way, or make the container by hand on the target',
    },
  },
];

/**
 * The command that makes the same container again, not started, from what `podman container inspect`
 * tells: the image by ID, everything that was set, and nothing that podman would choose anew.
 */
export function createArgs(raw: unknown): Result<Argv, readonly Refusal[]> {
  const refused = rules.filter(({holds}) => holds(raw)).map(({refusal}) => refusal);
  if (refused.length > 0) return err(refused);
  const runtime = optionValues(createWords(raw), '--runtime')[0];
  return ok([
    'podman',
    ...(runtime === undefined ? [] : [`--runtime=${runtime}`]),
    'create',
    '--pull=never',
    ...identityFlags(raw),
    ...environmentFlags(raw),
    ...processFlags(raw),
    ...networkFlags(raw),
    ...mountFlags(raw),
    ...limitFlags(raw),
    ...healthFlags(raw),
    ...logFlags(raw),
    ...replayFlags(raw),
    '--',
    textAt(raw, 'Image'),
    ...textsAt(raw, 'Config', 'Cmd'),
  ]);
}
