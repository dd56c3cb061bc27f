import {sides, type Side} from '../pair.js';
import {advisoryFor} from './advisories.js';
import {runtimeName} from './host.js';
import type {Pair, Refusal} from '../engine.js';
import {flagAt, textAt} from '../../base/json.js';
import {linkRefusals} from '../host/survey-links.js';

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

/** What stands against dumping it beneath docker and restoring it through docker. */
export const restoreRefusals = (pair: Pair): readonly Refusal[] => [
  ...versionRefusals(pair),
  ...experimentalRefusals(pair),
  ...runtimeRefusals(pair),
  ...cgroupRefusals(pair),
  ...linkRefusals(pair, {
    used: flagAt(pair.container.raw, 'HostConfig', 'Init'),
    program: 'docker-init',
    remedy:
      'put the place where it leads into "/etc/docker/daemon.json" there as "init-path", start it again without "--init", or use "cold"',
  }),
];
