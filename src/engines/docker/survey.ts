import {script, type Command} from '../../base/command.js';
import {err, type Result} from '../../base/result.js';
import {dockerInfo, jsonLines, readImages, readNetworks} from './host.js';
import {readContainer} from './inspect.js';
import {surveyScript} from './survey-script.js';
import type {SurveyQuestion} from '../engine.js';
import type {HostSurvey} from '../facts.js';
import {parseJson} from '../../base/json.js';
import {readWeight, weighedMounts} from '../criu/weight.js';
import {sectionLines, sections, sectionText} from '../host/sections.js';
import {readLinks} from '../host/survey-links.js';
import {landable, machineFacts, neighbour, readLandings} from '../host/survey-answers.js';
import {checkSurvey, readOthers} from '../host/survey-words.js';

/** Two minutes: sizes of large volumes are counted, each for at most 15 s. */
const surveyTimeoutMs = 120_000;

/** Answers are matched to the question by their place in it, so names never go through the text. */
export function survey({leaving, arriving}: SurveyQuestion): Command {
  const weigh = leaving.flatMap((container, index) => [
    ...['weigh', `${index}`, `${container.pid}`, container.upperDir ?? ''],
    ...weighedMounts(container).flatMap((mount, place) => [
      ...['mount', `${index}.${place}`, mount.kind],
      mount.kind === 'tmpfs' ? mount.destination : mount.source,
    ]),
  ]);
  const land = landable(arriving).flatMap(({kind, name, source}, index) => [
    ...['land', `${index}`, kind, kind === 'volume' ? name : source],
  ]);
  return {
    ...script('docker: survey the host', surveyScript, ...weigh, ...land),
    timeoutMs: surveyTimeoutMs,
  };
}

export function readSurvey(stdout: string, question: SurveyQuestion): Result<HostSurvey, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const info = parseJson(sectionText(all, 'info'));
  if (!info.ok) return err(`docker info: ${info.error}`);
  const others = readOthers(sectionLines(all, 'neighbours'), (raw) => readContainer(raw));
  if (!others.ok) return err(`docker inspect: ${others.error}`);
  const neighbours = others.value;
  return checkSurvey({
    ...dockerInfo(info.value, all),
    ...machineFacts(all),
    networks: readNetworks(all),
    images: readImages(all),
    neighbours: neighbours.map(neighbour),
    weights: question.leaving.map((container, index) => readWeight(all, container, index)),
    landings: readLandings(all, question.arriving),
    links: readLinks(all, question),
    raw: {
      info: info.value,
      images: jsonLines(all, 'images'),
    },
  });
}
