import type {Argv} from '../../base/command.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Refusal} from '../engine.js';
import {asTextRecord, at, flagAt, numberAt, textAt, textsAt} from '../../base/json.js';
import {createWords, optionValues} from './asked.js';
import {limitFlags} from './create-limits.js';
import {mountFlags} from './create-mounts.js';
import {networkFlags} from './create-network.js';
import {each, healthFlags, logFlags, processFlags, unless} from './create-process.js';
import {createRefusals} from './create-refusals.js';

/**
 * Options whose effect `podman inspect` does not tell, or not fully. They are taken as they were
 * written when the container was made.
 */
const replayed = [
  ...['--cgroup-conf', '--chrootdirs', '--device-cgroup-rule', '--gpus', '--group-entry'],
  ...['--hosts-file', '--hostuser', '--image-volume', '--init-path', '--passwd-entry'],
  ...['--personality', '--rdt-class', '--seccomp-policy', '--shm-size-systemd', '--sysctl'],
  ...['--unsetenv', '--health-startup-cmd', '--health-startup-interval'],
  ...['--health-max-log-count', '--health-max-log-size'],
  ...['--health-startup-retries', '--health-startup-success', '--health-startup-timeout'],
];

function replayFlags(raw: unknown): readonly string[] {
  const words = createWords(raw);
  const hostsFile = textAt(raw, 'Config', 'HostsFile') || textAt(raw, 'HostConfig', 'HostsFile');
  const sysctls = Object.entries(asTextRecord(at(raw, 'Spec', 'sysctl')));
  return [
    ...replayed.flatMap((name) => each(name, optionValues(words, name))),
    // podman's Docker API asks for this by itself
    ...(words.length === 0 && (hostsFile === 'none' || hostsFile === 'image')
      ? [`--hosts-file=${hostsFile}`]
      : []),
    ...(words.includes('--unsetenv-all') ? ['--unsetenv-all'] : []),
    ...each(
      '--sysctl',
      sysctls.map(([key, value]) => `${key}=${value}`),
    ),
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

/** The files of `PrivateValues` below a folder, and the flags that name them. */
const privateFlags = (folder: string): readonly string[] => [
  `--env-file=${folder}/environment`,
  `--label-file=${folder}/labels`,
];

/**
 * The command that makes the same container again, not started, from what `podman container inspect`
 * tells: the image by ID, everything that was set, and nothing that podman would choose anew. Its variables, labels and
 * annotations are in files below `folder`.
 */
export function createArgs(raw: unknown, folder: string): Result<Argv, readonly Refusal[]> {
  const refused = createRefusals(raw);
  if (refused.length > 0) return err(refused);
  const runtime = optionValues(createWords(raw), '--runtime')[0];
  return ok([
    'podman',
    ...(runtime === undefined ? [] : [`--runtime=${runtime}`]),
    'create',
    '--pull=never',
    ...privateFlags(folder),
    ...identityFlags(raw),
    // podman would hand its own host's proxy settings to the container
    '--http-proxy=false',
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
