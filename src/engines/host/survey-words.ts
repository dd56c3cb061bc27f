import {imageId, line, orNone, readWord, subnet, word, type Form} from '../../base/host-words.js';
import {err, ok, type Result} from '../../base/result.js';
import type {HostSurvey, KnownPart, ObservedContainer, UnreadableContainer} from '../facts.js';
import {parseParts} from '../../base/json.js';

function* fieldsOf(survey: HostSurvey): Iterable<readonly [string, Form, unknown]> {
  const {runtime, runtimeVersion, storageDriver, networkBackend} = survey;
  yield ['runtime', orNone(word), runtime];
  yield ['version of the runtime', line, runtimeVersion];
  yield ['storage driver', orNone(word), storageDriver];
  yield ['network backend', orNone(word), networkBackend];
  yield ['kernel', orNone(word), survey.kernel];
  yield ['architecture', orNone(word), survey.architecture];
  yield ['processor', line, survey.cpuModel];
  for (const program of survey.programs) yield ['name of a program', word, program];
  for (const {name, driver, subnets} of survey.networks) {
    yield ['name of a network', word, name];
    yield ['driver of a network', orNone(word), driver];
    for (const each of subnets) yield ['subnet of a network', subnet, each];
  }
  for (const {id, names} of survey.images) {
    yield ['ID of an image', imageId, id];
    for (const name of names) yield ['name of an image', line, name];
  }
  for (const {name} of survey.units) yield ['name of a unit', word, name];
}

/** The closer look at a host, once every text in it has its form. */
export function checkSurvey(survey: HostSurvey): Result<HostSurvey, string> {
  for (const [name, form, value] of fieldsOf(survey)) {
    const read = readWord(form, value);
    if (!read.ok) return err(`the ${name}: ${read.error}`);
  }
  return ok(survey);
}

/** Other containers of the host, one line of JSON each. Of one that is not believed counts what is known. */
export function readOthers(
  lines: readonly string[],
  read: (raw: unknown) => Result<ObservedContainer, UnreadableContainer>,
): Result<readonly KnownPart[], string> {
  const others: KnownPart[] = [];
  for (const each of lines) {
    const parsed = parseParts(each);
    if (!parsed.ok) return parsed;
    const container = read(parsed.value);
    others.push(container.ok ? container.value : container.error);
  }
  return ok(others);
}
