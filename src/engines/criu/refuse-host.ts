import {architecture, sides, type Side} from '../pair.js';
import {checkpointingRuntimes, criuAdvisories, instructionFlags} from './advisories.js';
import type {Pair, Refusal} from '../engine.js';
import type {HostSurvey} from '../facts.js';
import {isOlder} from '../host/versions.js';

function criuRefusals(side: Side, {criu, kernel}: HostSurvey): readonly Refusal[] {
  if (criu === undefined) {
    return [
      {
        code: 'criu-missing',
        message: `CRIU is not installed on the ${side}`,
        remedy: 'install the package "criu" there, or use "cold"',
      },
    ];
  }
  const rule = criuAdvisories.find(
    (each) => !isOlder(kernel, each.kernel) && isOlder(criu.version, each.criu),
  );
  if (rule !== undefined) {
    return [
      {
        code: 'criu-too-old',
        message: `CRIU "${criu.version}" on the ${side} is too old for its kernel "${kernel}": ${rule.because}`,
        remedy: `install CRIU ${rule.criu} or later there, or use "cold"`,
      },
    ];
  }
  const [complaint] = criu.complaints;
  if (complaint === undefined) return [];
  return [
    {
      code: 'criu-check',
      message: `"criu check" fails on the ${side}: "${complaint}"`,
      remedy: 'run "criu check" there and give it what it misses, or use "cold"',
    },
  ];
}

function crunRefusals(side: Side, survey: HostSurvey): readonly Refusal[] {
  if (survey.runtimeVersion.endsWith('-CRIU')) {
    return [
      {
        code: 'crun-without-criu',
        message: `crun on the ${side} was built without CRIU`,
        remedy: 'install a crun whose "crun --version" says "+CRIU", or use runc on both hosts',
      },
    ];
  }
  const found: Refusal[] = [];
  if (!survey.libcriu) {
    found.push({
      code: 'libcriu-missing',
      message: `crun on the ${side} finds no "libcriu.so.2"`,
      remedy: 'install the package "libcriu2" there, or use runc on both hosts',
    });
  }
  if (side === 'target' && survey.cgroups === 'hybrid') {
    found.push({
      code: 'crun-cgroups',
      message:
        'crun cannot restore on the target: it has version 1 cgroup controllers beside version 2',
      remedy: 'boot it with version 2 alone, or use runc on both hosts',
    });
  }
  return found;
}

function runtimeRefusals(side: Side, survey: HostSurvey): readonly Refusal[] {
  if (survey.runtime === 'crun') return crunRefusals(side, survey);
  if (checkpointingRuntimes.includes(survey.runtime)) return [];
  return [
    {
      code: 'runtime-unsupported',
      message: `the runtime "${survey.runtime}" on the ${side} cannot checkpoint`,
      remedy: 'use runc or crun on both hosts, or use "cold"',
    },
  ];
}

function runtimesDiffer({source, target}: Pair): readonly Refusal[] {
  if (source.runtime === target.runtime) return [];
  return [
    {
      code: 'runtime-differs',
      message: `the runtime is "${source.runtime}" on the source and "${target.runtime}" on the target, and one cannot restore what the other wrote`,
      remedy: 'set the same "runtime" in "containers.conf" on both hosts',
    },
  ];
}

/** Each missing one by name: a program may have chosen its instructions when it started. */
function cpuRefusals({source, target}: Pair): readonly Refusal[] {
  const there = new Set(target.cpuFlags);
  const matters = (flag: string): boolean =>
    source.architecture !== 'x86_64' || instructionFlags.test(flag);
  return [...new Set(source.cpuFlags)]
    .filter((flag) => matters(flag) && !there.has(flag))
    .map((flag) => ({
      code: 'cpu-flag-missing',
      message: `the target's processor ("${target.cpuModel}") lacks "${flag}", which the source's ("${source.cpuModel}") has and programs may be using`,
      remedy: 'choose a target with at least the same processor, or use "cold"',
    }));
}

/** What stands against a checkpoint on the source and a restore on the target, whatever the container. */
export function hostRefusals(pair: Pair): readonly Refusal[] {
  const differ = architecture(pair);
  return [
    ...sides.flatMap((side) => criuRefusals(side, pair[side])),
    ...sides.flatMap((side) => runtimeRefusals(side, pair[side])),
    ...runtimesDiffer(pair),
    ...(differ.length > 0 ? differ : cpuRefusals(pair)),
  ];
}
