import {createReadStream} from 'node:fs';
import type {Readable} from 'node:stream';
import type {Problem} from '../../../base/problem.js';
import {LogDiagnosis, type Diagnosis} from '../../../diagnose/log-diagnosis.js';
import {rules} from '../../../diagnose/rules.js';
import {renderDiagnosed} from '../../../report/text/diagnosis-text.js';
import type {Context} from '../../session/context.js';
import {exits} from '../../command-line/exit.js';

/** Reads to the end, and keeps no more than a few lines. */
async function read(stream: Readable): Promise<Diagnosis> {
  const diagnosis = new LogDiagnosis(rules);
  stream.setEncoding('utf8');
  for await (const text of stream) diagnosis.push(text as string);
  return diagnosis.end();
}

const unreadable = (name: string, error: unknown): Problem => ({
  kind: 'plan',
  code: 'no-such-log',
  message: `"${name}" cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  remedy: 'name a log file that you may read, a run, or - for standard input',
});

const unknown = (name: string, {errors}: Diagnosis): Problem => ({
  kind: 'step',
  code: 'not-recognised',
  message: `nothing in "${name}" is known to cm`,
  remedy:
    'look at its last errors below, or ask whoever knows the engine; of a run of cm, "cm support RUN" gathers what they need',
  log: errors.map(({line, text}) => `line ${line}: ${text}`),
});

/** What a log means; `-` is standard input. */
export async function diagnoseLog(
  {machine, printer, fail}: Context,
  name: string,
  path: string,
): Promise<number> {
  let diagnosis: Diagnosis;
  try {
    diagnosis = await read(name === '-' ? machine.stdin : createReadStream(path));
  } catch (error) {
    return fail([unreadable(name, error)]);
  }
  const {causes, lines} = diagnosis;
  printer.record({type: 'diagnosis', log: name, lines, causes});
  printer.total({log: name, lines, recognised: causes.length});
  if (causes.length === 0) return fail([unknown(name, diagnosis)]);
  printer.result(renderDiagnosed({name, lines, causes}, printer.options.outAbility));
  return exits.done;
}
