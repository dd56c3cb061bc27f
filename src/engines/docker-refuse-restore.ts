import {advisoryFor} from './docker-advisories.js';
import {runtimeName} from './docker-host.js';
import type {Pair, Refusal} from './engine.js';
import {flagAt, textAt, textsAt} from './json.js';
import {sides, type Side} from './podman-refuse-place.js';

const versionOn = (pair: Pair, side: Side): string =>
  side === 'source' ? pair.sourceVersion : pair.targetVersion;

/** The namespace of the host, or of another container, is no namespace of its own. */
const hasOwnNetwork = (raw: unknown): boolean =>
  !/^(?:host$|container:)/.test(textAt(raw, 'HostConfig', 'NetworkMode'));

/** Restoring is needed on both sides: on the source for the way back. */
function versionRefusals(pair: Pair): readonly Refusal[] {
  const own = hasOwnNetwork(pair.container.raw);
  return sides.flatMap((side) => {
    const version = versionOn(pair, side);
    const rule = advisoryFor(version, own);
    if (rule === undefined) return [];
    const what = rule.ownNetwork ? ' with a network of its own' : '';
    return [
      {
        code: 'docker-cannot-restore',
        message: `docker "${version}" on the ${side} cannot restore a container${what}: ${rule.because}`,
        remedy: rule.remedy,
      },
    ];
  });
}

function experimentalRefusals(pair: Pair): readonly Refusal[] {
  return sides
    .filter((side) => !flagAt(pair[side].raw, 'info', 'ExperimentalBuild'))
    .map((side) => ({
      code: 'experimental-off',
      message: `docker on the ${side} restores only with its experimental features switched on${side === 'source' ? ', and without that there is no way back' : ''}`,
      remedy:
        'put "experimental": true into "/etc/docker/daemon.json" there and start docker anew ("live-restore": true lets containers run on meanwhile), or use "cold"',
    }));
}

function runtimeRefusals({container}: Pair): readonly Refusal[] {
  const runtime = runtimeName(textAt(container.raw, 'HostConfig', 'Runtime') || 'runc');
  if (runtime === 'runc') return [];
  return [
    {
      code: 'runtime-unsupported',
      message: `its runtime "${runtime}" cannot be told to dump it beneath docker`,
      remedy: 'start it with the runtime "runc", or use "cold"',
    },
  ];
}

/** The images name the cgroup by its path, in which only the ID is changed. */
function cgroupRefusals({source, target}: Pair): readonly Refusal[] {
  const written = (survey: Pair['source']): string =>
    `${textAt(survey.raw, 'info', 'CgroupDriver')} of version ${textAt(survey.raw, 'info', 'CgroupVersion')}`;
  if (written(source) === written(target)) return [];
  return [
    {
      code: 'cgroups-differ',
      message: `docker makes cgroups with "${written(target)}" on the target and with "${written(source)}" on the source`,
      remedy:
        'set the same "native.cgroupdriver" in "exec-opts" of "/etc/docker/daemon.json" on both hosts, or use "cold"',
    },
  ];
}

/**
 * runc mounts what a container had before CRIU restores it, and CRIU does not find it again behind a
 * symbolic link (runc 1.1.15, CRIU 4.2: "Can't remount … with MS_PRIVATE"). A link further up in the path
 * does no harm.
 */
function linkRefusals({container, ...pair}: Pair): readonly Refusal[] {
  const init = flagAt(container.raw, 'HostConfig', 'Init');
  return sides.flatMap((side) => {
    const links = textsAt(pair[side].raw, 'links');
    const binds = container.mounts
      .filter(({kind, source}) => kind === 'bind' && links.includes(source))
      .map(({source}) => ({
        code: 'bind-link',
        message: `the bind mount's source "${source}" is a symbolic link on the ${side}, which runc cannot restore`,
        remedy: 'start it again with the place where the link leads, or use "cold"',
      }));
    if (!init || !links.includes('init')) return binds;
    return [
      ...binds,
      {
        code: 'init-link',
        message: `it was started with "--init", and "docker-init" is a symbolic link on the ${side}, which runc cannot restore`,
        remedy:
          'put the place where it leads into "/etc/docker/daemon.json" there as "init-path", start it again without "--init", or use "cold"',
      },
    ];
  });
}

/** What stands against dumping it beneath docker and restoring it through docker. */
export const restoreRefusals = (pair: Pair): readonly Refusal[] => [
  ...versionRefusals(pair),
  ...experimentalRefusals(pair),
  ...runtimeRefusals(pair),
  ...cgroupRefusals(pair),
  ...linkRefusals(pair),
];
