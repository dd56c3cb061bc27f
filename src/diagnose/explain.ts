import type {Cause, Problem} from '../base/problem.js';
import {LogDiagnosis, type Diagnosis} from './log-diagnosis.js';
import {rules} from './rules.js';

/** Looks through a log of which all lines are there. */
export function diagnose(lines: readonly string[]): Diagnosis {
  const diagnosis = new LogDiagnosis(rules);
  for (const line of lines) diagnosis.push(`${line}\n`);
  return diagnosis.end();
}

const causesOf = ({log = []}: Problem): readonly Cause[] => diagnose(log).causes;

/** The problem with what its log says, where that is known. */
export function explain(problem: Problem): Problem {
  const causes = causesOf(problem);
  return causes.length === 0 ? problem : {...problem, causes};
}
