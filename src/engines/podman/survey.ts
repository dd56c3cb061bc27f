import {script, type Command} from '../../base/command.js';
import {err, type Result} from '../../base/result.js';
import type {SurveyQuestion} from '../engine.js';
import type {HostSurvey} from '../facts.js';
import {asList, numberAt, parseJson, textAt, textsAt} from '../../base/json.js';
import {readContainer} from './inspect.js';
import {networks, podmanInfo} from './host.js';
import {surveyScript} from './survey-script.js';
import {readWeight, weighedMounts} from '../criu/weight.js';
import {readLinks} from '../host/survey-links.js';
import {landable, machineFacts, neighbour, readLandings} from '../host/survey-answers.js';
import {checkSurvey, readOthers} from '../host/survey-words.js';
import {sectionLines, sections, sectionText, type Section} from '../host/sections.js';

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
    ...script('podman: survey the host', surveyScript, ...weigh, ...land),
    timeoutMs: surveyTimeoutMs,
  };
}

function readImages(all: readonly Section[]): HostSurvey['images'] {
  const parsed = parseJson(sectionText(all, 'images'));
  return asList(parsed.ok ? parsed.value : []).flatMap((image) => {
    const id = (textAt(image, 'Id') || textAt(image, 'ID')).replace(/^sha256:/, '');
    const names = textsAt(image, 'Names');
    return id === '' ? [] : [{id, names, size: numberAt(image, 'Size')}];
  });
}

export function readSurvey(stdout: string, question: SurveyQuestion): Result<HostSurvey, string> {
  const cut = sections(stdout);
  if (!cut.ok) return cut;
  const all = cut.value;
  const info = parseJson(sectionText(all, 'info'));
  if (!info.ok) return err(`podman info: ${info.error}`);
  const others = readOthers(sectionLines(all, 'neighbours'), readContainer);
  if (!others.ok) return err(`podman inspect: ${others.error}`);
  const neighbours = others.value;
  return checkSurvey({
    ...podmanInfo(info.value),
    ...machineFacts(all),
    networks: networks(sectionText(all, 'networks')),
    images: readImages(all),
    neighbours: neighbours.map(neighbour),
    weights: question.leaving.map((container, index) => readWeight(all, container, index)),
    landings: readLandings(all, question.arriving),
    links: readLinks(all, question),
  });
}
