import type {HostSurvey} from '../engines/facts.js';
import {compareVersions} from '../engines/host/versions.js';
import {needs, type Finding} from './finding.js';
import {fixOf} from './fixes.js';
import type {HostDiagnosis} from './host-diagnosis.js';
import {fitnessOf, type Between} from './subject.js';

type Pair = Omit<Between, 'networks'>;

const note = (code: string, message: string, what: string): Finding => ({
  level: 'warning',
  code,
  message,
  stops: [],
  fix: needs(what),
});

/** `6.18.44-fc` → `6.18` */
const series = (version: string): string => /^\d+\.\d+/.exec(version)?.[0] ?? version;

function kernels({source, target}: Pair, from: HostSurvey, to: HostSurvey): readonly Finding[] {
  if (series(from.kernel) === series(to.kernel)) return [];
  const older = compareVersions(to.kernel, from.kernel) < 0;
  return [
    note(
      'kernels-differ',
      `${source.name} runs Linux ${from.kernel} and ${target.name} ${to.kernel}${older ? ', which is older: what programs found in the newer one when they started may be missing there' : ''}`,
      'the same kernel on both hosts, or "cold", where a restore fails',
    ),
  ];
}

function criuVersions(
  {source, target}: Pair,
  from: HostSurvey,
  to: HostSurvey,
): readonly Finding[] {
  if (!from.criu || !to.criu || compareVersions(to.criu.version, from.criu.version) >= 0) return [];
  return [
    note(
      'criu-differs',
      `${target.name} has CRIU ${to.criu.version}, which may not read what CRIU ${from.criu.version} of ${source.name} writes`,
      `CRIU ${from.criu.version} or later on ${target.name}`,
    ),
  ];
}

function engines({source, target}: Pair): readonly Finding[] {
  if (source.engine.name !== target.engine.name) return [];
  const [here, there] = [source.view.look.version, target.view.look.version];
  if (series(here) === series(there)) return [];
  return [
    note(
      'versions-differ',
      `${source.name} has ${source.engine.name} ${here} and ${target.name} ${there}`,
      'the same version on both hosts, where a container cannot be made alike',
    ),
  ];
}

function cgroups({source, target}: Pair, from: HostSurvey, to: HostSurvey): readonly Finding[] {
  if (from.cgroups === to.cgroups) return [];
  return [
    note(
      'cgroups-differ',
      `cgroups are "${from.cgroups}" on ${source.name} and "${to.cgroups}" on ${target.name}: limits of a restored container may be lost, or the restore fails`,
      'the same version of cgroups on both hosts',
    ),
  ];
}

/** What guards programs there: `SELinux`, `AppArmor`, or neither. */
const guardOf = ({subject}: HostDiagnosis): string => {
  const rights = subject.exam?.rights;
  if (rights === undefined) return '';
  if (/^(?:enforcing|permissive)$/i.test(rights.selinux)) return 'SELinux';
  return rights.apparmor ? 'AppArmor' : 'neither';
};

function guards({source, target}: Pair, ends: readonly HostDiagnosis[]): readonly Finding[] {
  const [from = '', to = ''] = ends.map(guardOf);
  if (from === to || from === '' || to === '' || from === 'neither') return [];
  return [
    note(
      'guards-differ',
      `${source.name} guards programs with ${from}, and ${target.name} with ${to}: CRIU refuses to restore their profiles there`,
      'the same of SELinux and AppArmor on both hosts, or "cold"',
    ),
  ];
}

/** Networks that containers of the source may use, and would not find. */
function networks(pair: Pair, ends: readonly HostDiagnosis[], said: readonly Finding[]): Finding[] {
  const {survey} = pair.source.view;
  const exam = ends[1]?.subject.exam;
  if (!survey || !exam) return [];
  const names = survey.networks.map(({name}) => name);
  const without = new Set(fitnessOf({...pair, networks: []}).map(({message}) => message));
  return fitnessOf({...pair, networks: names})
    .filter(({message}) => !without.has(message) && !said.some((each) => each.message === message))
    .map((refusal) => ({
      level: 'warning',
      code: refusal.code,
      message: `${refusal.message}, so containers in it cannot move`,
      stops: [],
      fix: fixOf({refusal, host: pair.target.name, exam, memoryFree: 0}),
    }));
}

/** What the two have unlike, and no rule forbids. `said`: what is told of the pair already. */
export function differences(
  pair: Pair,
  ends: readonly HostDiagnosis[],
  said: readonly Finding[],
): readonly Finding[] {
  const [from, to] = [pair.source.view.survey, pair.target.view.survey];
  if (!from || !to) return [];
  return [
    ...networks(pair, ends, said),
    ...kernels(pair, from, to),
    ...criuVersions(pair, from, to),
    ...engines(pair),
    ...(said.some(({code}) => code === 'cgroups-differ') ? [] : cgroups(pair, from, to)),
    ...guards(pair, ends),
  ];
}
