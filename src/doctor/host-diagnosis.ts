import {strategies} from '../base/strategy.js';
import {advisoriesFor} from '../engines/criu/version-advisories.js';
import type {HostSurvey} from '../engines/facts.js';
import type {Exam} from './exam.js';
import {fine, levelOf, needs, type Finding} from './finding.js';
import {fixOf} from './fixes.js';
import {leftoverFindings} from './leftovers.js';
import {installFix} from './packages.js';
import {ableOf, lacksOf, type Able, type Subject} from './subject.js';
import {systemFindings} from './system.js';
import {transferAdvisories} from './transfer-advisories.js';
import type {Wishes} from './wishes.js';

/** What is to be said of one host. */
export interface HostDiagnosis {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
}

const gibibyte = 1024 ** 3;

/** `57.3 GiB`, `120 MiB` */
const size = (bytes: number): string =>
  bytes >= gibibyte
    ? `${(bytes / gibibyte).toFixed(1)} GiB`
    : `${Math.floor(bytes / 1024 / 1024)} MiB`;

/** An engine's facts, in a line each. */
function facts({engine, view}: Able, survey: HostSurvey): readonly Finding[] {
  const {runtime, runtimeVersion, storageDriver, storeFree, criu, kernel} = survey;
  const beneath = runtime === engine.name ? '' : ` with ${runtime} ${runtimeVersion}`;
  const checked = criu?.complaints.length === 0 ? ', which "criu check" finds good' : '';
  const tracking = criu?.memoryTracking === true ? ', and memory tracking works' : '';
  return [
    fine(
      'engine',
      `${engine.name} ${view.look.version}${beneath}, storage ${storageDriver}, ${size(storeFree)} free for images and volumes`,
    ),
    ...(criu === undefined
      ? []
      : [fine('criu', `CRIU ${criu.version} on Linux ${kernel}${checked}${tracking}`)]),
  ];
}

/** Below this, images and volumes that arrive may not find room. */
const fewBytes = gibibyte;

function lowDisk({engine}: Able, {storeFree}: HostSurvey): readonly Finding[] {
  if (storeFree >= fewBytes) return [];
  return [
    {
      level: 'warning',
      code: 'disk-low',
      message: `only ${size(storeFree)} are free where ${engine.name} keeps images, containers and volumes`,
      stops: [],
      fix: needs(`more room there, for example by "${engine.name} image prune"`),
    },
  ];
}

/** What is known of these versions and no rule of the engine's refuses. */
function advised({engine, view}: Able, survey: HostSurvey, wishes: Wishes): readonly Finding[] {
  const versions: Readonly<Record<string, string>> = {
    [engine.name]: view.look.version,
    [survey.runtime]: survey.runtimeVersion,
    ...(survey.criu && {criu: survey.criu.version}),
    kernel: survey.kernel,
  };
  return advisoriesFor(versions)
    .filter(({refused}) => refused !== true)
    .map(({id, applies, happens, stops, wayOut, see}) => ({
      level: levelOf(stops, wishes.strategies),
      code: id,
      message: `${Object.keys(applies)
        .map((program) => `${program} "${versions[program] ?? ''}"`)
        .join(' with ')}: ${happens}`,
      stops,
      fix: {on: 'nowhere', advice: wayOut},
      see,
    }));
}

/** Only root is let near what CRIU checks, so of another user's host nothing more is known. */
const onlyForRoot = ['criu-check', 'rootless'];

function lacking(able: Able, exam: Exam, survey: HostSurvey, wishes: Wishes): readonly Finding[] {
  return lacksOf(able, wishes.connections)
    .filter(({code}) => exam.uid === 0 || !onlyForRoot.includes(code))
    .map((refusal) => ({
      level: levelOf(refusal.stops, wishes.strategies),
      code: refusal.code,
      message: refusal.message,
      stops: refusal.stops,
      fix: fixOf({refusal, host: able.name, exam, memoryFree: survey.memoryFree}),
    }));
}

function ofAble(able: Able, exam: Exam, wishes: Wishes): readonly Finding[] {
  const {survey} = able.view;
  if (!survey) return [];
  return [
    ...facts(able, survey),
    ...lacking(able, exam, survey, wishes),
    ...advised(able, survey, wishes),
    ...lowDisk(able, survey),
  ];
}

/** It is there, and does not answer: a gap unless another one does, and nobody has named this one. */
function silent({host, engines}: Subject, wishes: Wishes): readonly Finding[] {
  const spare = host.engine === undefined && engines.some(({view}) => 'look' in view);
  const stops = spare ? [] : strategies;
  return engines.flatMap(({engine, view}): Finding[] => {
    if ('look' in view) return [];
    return [
      {
        level: levelOf(stops, wishes.strategies),
        code: view.code,
        message: `${engine.name} is there and cannot be asked: ${view.log?.at(-1) ?? view.message}`,
        stops,
        fix: needs(`a ${engine.name} that answers "${engine.name} info"`),
      },
    ];
  });
}

function noEngine({host, engines}: Subject, exam: Exam, wishes: Wishes): readonly Finding[] {
  if (engines.length > 0) return [];
  const engine = host.engine ?? 'podman';
  return [
    {
      level: levelOf(strategies, wishes.strategies),
      code: 'no-engine',
      message: `there is no ${engine} on ${host.name}`,
      stops: strategies,
      fix: installFix(host.name, exam, engine),
    },
  ];
}

/** Engines of others, and clusters: named so that nobody wonders whether they were seen. */
const others = ['podman', 'docker', 'incus', 'lxc', 'kubelet', 'k3s'];

function alsoThere({engines}: Subject, {versions}: Exam): readonly Finding[] {
  const driven = engines.map(({engine}) => engine.name);
  const seen = others
    .filter((name) => versions.has(name) && !driven.includes(name))
    .map((name) => `${name} ${versions.get(name) ?? ''}`.trimEnd());
  if (seen.length === 0) return [];
  return [fine('also-there', `also there, and not looked into: ${seen.join(', ')}`)];
}

function surroundings({run, rights, programs}: Exam): Finding {
  const guards = [
    ...(rights.selinux === '' ? [] : [`SELinux ${rights.selinux.toLowerCase()}`]),
    ...(rights.apparmor ? ['AppArmor'] : []),
  ];
  const where = run.kind === '' ? '' : `"/run" is ${run.kind} with ${size(run.free)} free; `;
  const tools = programs.filter((name) => ['rsync', 'flock', 'nft', 'tar', 'ssh'].includes(name));
  return fine(
    'system',
    `${where}${guards.join(', ') || 'neither SELinux nor AppArmor'}; ${tools.join(', ') || 'none of rsync, flock, nft, tar, ssh'}`,
  );
}

/** A plan limits the bandwidth of what leaves this host. */
const sends = (name: string, {limited, asked}: Wishes): boolean =>
  limited && (asked?.some(({source}) => source === name) ?? false);

const notReached = ({host, problem}: Subject): Finding => ({
  level: 'gap',
  code: problem?.code ?? 'not-examined',
  message: problem?.message ?? `host "${host.name}" could not be examined`,
  stops: strategies,
  ...(problem?.remedy !== undefined && {fix: {on: 'nowhere', advice: problem.remedy}}),
});

function fewSessions({tooFewSessions: problem}: Subject, wishes: Wishes): readonly Finding[] {
  if (problem === undefined) return [];
  const {code, message, remedy} = problem;
  return [
    {
      level: levelOf(strategies, wishes.strategies),
      code,
      message,
      stops: strategies,
      ...(remedy !== undefined && {fix: {on: 'nowhere', advice: remedy}}),
    },
  ];
}

/** Everything there is to say of one host, what is well first. */
export function diagnoseHost(subject: Subject, wishes: Wishes): HostDiagnosis {
  const {host, exam, engines, clockMs} = subject;
  if (exam === undefined) return {subject, findings: [notReached(subject)]};
  const view = engines.map((each) => each.view).find((each) => 'look' in each);
  const place = {host: host.name, local: host.address === 'local', exam, wanted: wishes.strategies};
  const findings = [
    ...systemFindings(place, {clockMs, limited: sends(host.name, wishes)}),
    surroundings(exam),
    ...fewSessions(subject, wishes),
    ...ableOf(subject).flatMap((able) => ofAble(able, exam, wishes)),
    ...silent(subject, wishes),
    ...noEngine(subject, exam, wishes),
    ...alsoThere(subject, exam),
    ...transferAdvisories(exam),
    ...leftoverFindings(host.name, exam, view, wishes.files),
  ];
  const order = ['fine', 'gap', 'warning'];
  return {
    subject,
    findings: findings.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level)),
  };
}
