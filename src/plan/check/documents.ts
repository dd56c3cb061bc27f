import type {Problem} from '../../base/problem.js';
import {buildPlan, type PlanSettings} from '../build-plan.js';
import {checkMeaning, findWarnings, readNames} from './meaning.js';
import {findShapeErrors, isPlanDocument, toFindings} from './schema.js';
import {coerce} from '../parse/coerce.js';
import {placeFinding, type Finding} from './finding.js';
import {interpolate, pathKey, type Environment, type OnVariable} from '../parse/interpolate.js';
import type {Plan} from '../plan.js';
import {prune} from './prune.js';
import {quote} from '../parse/quote.js';
import {isDataMap, ownValue, type YamlDocument} from '../parse/yaml-document.js';

export interface PlansRead {
  readonly plans: readonly Plan[];
  readonly warnings: readonly Problem[];
}

interface Checked extends PlansRead {
  readonly problems: readonly Problem[];
}

export interface CheckSettings extends PlanSettings {
  readonly env: Environment;
  readonly onVariable?: OnVariable;
}

/** For what cannot be left out, and means nothing to the rest. */
const placeholders = {apiVersion: 'cm/v1', name: 'unnamed'};

/**
 * What is wrong with the meaning of a document whose shape is wrong too: of what is left when the wrong
 * parts are left out. Names of parts that were left out still count as names.
 */
function checkRest(data: unknown, findings: readonly Finding[]): readonly Finding[] {
  const names = readNames(data);
  if (!isDataMap(data) || names.hosts.size === 0 || findings.length > 200) return [];
  let rest: unknown = {...data, ...placeholders};
  let wrong = findings;
  for (let round = 0; round < 5; round += 1) {
    const paths = wrong
      .map(({path}) => path)
      .filter(([key = '']) => !Object.hasOwn(placeholders, key));
    rest = prune(rest, paths);
    if (isPlanDocument(rest)) return checkMeaning(rest, names);
    wrong = toFindings(findShapeErrors(rest));
  }
  return [];
}

function checkDocument(document: YamlDocument, settings: CheckSettings): Checked {
  const place = (findings: readonly Finding[]): readonly Problem[] =>
    findings.map((finding) => placeFinding(finding, document));
  const filled = interpolate(document.data, settings.env, settings.onVariable);
  const data = coerce(filled.data, filled.touched);
  const unset = new Set(filled.findings.map(({path}) => pathKey(path)));
  if (isPlanDocument(data) && unset.size === 0) {
    const problems = place(checkMeaning(data, readNames(data)));
    if (problems.length > 0) return {plans: [], warnings: [], problems};
    const plan = buildPlan(data, document.containerAt, settings);
    return {plans: [plan], warnings: place(findWarnings(data)), problems};
  }
  // What is empty because a variable is not set has been complained about already.
  const wrong = toFindings(findShapeErrors(data)).filter(({path}) => !unset.has(pathKey(path)));
  const findings = [...filled.findings, ...wrong];
  return {plans: [], warnings: [], problems: place([...findings, ...checkRest(data, findings)])};
}

/** Reports, leases and the journal know plans by their names. */
function checkPlanNames(documents: readonly YamlDocument[]): readonly Problem[] {
  const seen = new Map<string, YamlDocument>();
  return documents.flatMap((document) => {
    const name = isDataMap(document.data) ? ownValue(document.data, 'name') : undefined;
    if (typeof name !== 'string') return [];
    const first = seen.get(name);
    if (!first) {
      seen.set(name, document);
      return [];
    }
    const message = `two plans of this file are named ${quote(name)}`;
    const remedy = 'give one of them another name';
    const finding = {code: 'duplicate-plan', message, remedy, path: ['name']};
    const place = first.place(['name'], 'value');
    const other = place && {other: {place, note: 'the first one'}};
    return [{...placeFinding(finding, document), ...other}];
  });
}

/** Drops what an alias made appear more than once. */
function keepDistinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({code, message, place}) => {
    const key = JSON.stringify([code, message, place?.line, place?.column]);
    const isNew = place === undefined || !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Checks the shape and the meaning of every document. */
export function checkDocuments(
  documents: readonly YamlDocument[],
  settings: CheckSettings,
): Checked {
  const checked = documents.map((document) => checkDocument(document, settings));
  const problems = checked.flatMap((one) => one.problems);
  return {
    plans: checked.flatMap((one) => one.plans),
    warnings: keepDistinct(checked.flatMap((one) => one.warnings)),
    problems: keepDistinct([...problems, ...checkPlanNames(documents)]),
  };
}
