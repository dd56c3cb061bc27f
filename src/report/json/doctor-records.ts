import type {Diagnosis} from '../../doctor/diagnosis.js';
import type {Exam} from '../../doctor/exam.js';
import type {Finding} from '../../doctor/finding.js';
import type {HostDiagnosis} from '../../doctor/host-diagnosis.js';
import type {PairDiagnosis} from '../../doctor/pair-diagnosis.js';
import type {JsonRecord} from './json-records.js';

const findingRecord = (
  about: {readonly host: string} | {readonly source: string; readonly target: string},
  {level, code, message, stops, fix, see}: Finding,
): JsonRecord => ({type: 'finding', ...about, level, code, message, stops, fix, see});

function engineFields({subject}: HostDiagnosis) {
  return subject.engines.map(({engine, view}) => {
    if (!('look' in view)) return {name: engine.name, answers: false};
    const {survey} = view;
    return {
      name: engine.name,
      answers: true,
      version: view.look.version,
      runtime: survey?.runtime,
      runtimeVersion: survey?.runtimeVersion,
      storageDriver: survey?.storageDriver,
      storeFree: survey?.storeFree,
      criu: survey?.criu,
      cgroups: survey?.cgroups,
    };
  });
}

const examFields = ({user, os, kernel, architecture, uptimeSeconds, run, ...exam}: Exam) => ({
  ...{user, os: os.name, kernel, architecture, uptimeSeconds},
  runFree: run.free,
  programs: exam.programs,
  versions: Object.fromEntries(exam.versions),
});

function hostRecord(host: HostDiagnosis): JsonRecord {
  const {host: named, exam, clockMs, problem} = host.subject;
  return {
    type: 'host',
    host: named.name,
    address: named.address,
    reached: exam !== undefined,
    problem: problem?.code,
    ...(exam && examFields(exam)),
    clockMs: clockMs === undefined ? undefined : Math.round(clockMs),
    engines: engineFields(host),
  };
}

const pairRecord = ({source, target, engine, way, asked, verdicts}: PairDiagnosis): JsonRecord => ({
  ...{type: 'pair', source, target, engine, way, asked},
  strategies: verdicts,
});

/** Hosts with what was found, then pairs with what was found. */
export const diagnosisRecords = ({hosts, pairs}: Diagnosis): readonly JsonRecord[] => [
  ...hosts.flatMap((host) => [
    hostRecord(host),
    ...host.findings.map((each) => findingRecord({host: host.subject.host.name}, each)),
  ]),
  ...pairs.flatMap((pair) => [
    pairRecord(pair),
    ...pair.findings.map((each) => findingRecord({source: pair.source, target: pair.target}, each)),
  ]),
];
