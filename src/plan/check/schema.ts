import type {PlanDocument} from '../generated/document.js';
import type {Finding} from './finding.js';
import {toFinding} from './schema-findings.js';
import {validatePlanDocument, type SchemaError} from '../generated/validate-document.js';

/** Whether the data has the shape of a plan. */
export const isPlanDocument = (data: unknown): data is PlanDocument => validatePlanDocument(data);

const aboutTheChoice: ReadonlySet<string> = new Set(['type', 'enum', 'anyOf']);

/**
 * Of a choice between a word or a map and a list, every branch complains. What is wrong deeper inside,
 * or with a key, shows which branch was meant; otherwise it is the word, or the type.
 */
function settleChoice(errors: readonly SchemaError[], choice: SchemaError): readonly SchemaError[] {
  const at = choice.instancePath;
  const isHere = (error: SchemaError): boolean => error.instancePath === at;
  const isOwn = (error: SchemaError): boolean =>
    isHere(error) || error.instancePath.startsWith(`${at}/`);
  const others = errors.filter((error) => !isOwn(error));
  const own = errors.filter(isOwn);
  const meant = own.filter((error) => !isHere(error) || !aboutTheChoice.has(error.keyword));
  if (meant.length > 0) return [...others, ...meant];
  const word = own.find(({keyword}) => keyword === 'enum');
  if (word && typeof choice.data === 'string') return [...others, word];
  const types = own.flatMap(({keyword, params}) => (keyword === 'type' ? [params['type']] : []));
  const type = word ? ['string', ...types] : types;
  return [...others, {...choice, keyword: 'type', params: {type}}];
}

/** The disagreements with the schema, one for each thing that is wrong. */
export function findShapeErrors(data: unknown): readonly SchemaError[] {
  if (validatePlanDocument(data)) return [];
  let errors = validatePlanDocument.errors ?? [];
  for (const choice of errors.filter(({keyword}) => keyword === 'anyOf')) {
    errors = settleChoice(errors, choice);
  }
  return errors;
}

/** Errors in the words of the author, one for each part of the document. */
export function toFindings(errors: readonly SchemaError[]): readonly Finding[] {
  const seen = new Set<string>();
  return errors.flatMap((error) => {
    const finding = toFinding(error);
    const key = JSON.stringify([finding?.path, finding?.part, finding?.message]);
    if (!finding || seen.has(key)) return [];
    seen.add(key);
    return [finding];
  });
}
