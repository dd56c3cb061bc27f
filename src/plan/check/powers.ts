import {capabilities, plainCapability, plainKinds, powerKinds} from '../../base/powers.js';
import type {PlanDocument} from '../generated/document.js';
import type {Finding} from './finding.js';
import {quote} from '../parse/quote.js';
import {findMeant, suggest} from './suggest.js';
import type {Path} from '../parse/yaml-document.js';

const kinds = Object.keys(powerKinds);

/** What was most likely meant by a word that permits nothing. */
export function meantPower(written: string): string | undefined {
  const [kind = '', ...rest] = written.split(':');
  const of = rest.join(':');
  const meant = kinds.includes(kind) ? kind : findMeant(kind, kinds);
  if (meant === undefined) return undefined;
  const isPlain = [...plainKinds].some((each) => each === meant);
  if (!isPlain && of === '') return `write what it is about: ${quote(`${meant}:…`)}`;
  return `did you mean ${quote(isPlain ? meant : `${meant}:${of}`)}`;
}

function checkWord(word: string, path: Path): readonly Finding[] {
  const given = /^capability:(?<name>.*)$/su.exec(word)?.groups?.['name'];
  if (given === undefined) return [];
  const name = plainCapability(given);
  if (capabilities.includes(name)) return [];
  const message = `${quote(given)} is not a capability of Linux`;
  const remedy = suggest(name, capabilities) ?? 'see capabilities(7) for their names';
  return [{code: 'unknown-capability', message, remedy, path, within: given}];
}

/** Words of `allow` that nothing could ever need. */
export const checkPowers = ({containers, defaults}: PlanDocument): readonly Finding[] =>
  [
    {allow: defaults?.allow, path: ['defaults', 'allow']},
    ...Object.entries(containers).map(([name, {allow}]) => ({
      allow,
      path: ['containers', name, 'allow'],
    })),
  ].flatMap(({allow = [], path}) =>
    allow.flatMap((word, index) => checkWord(word, [...path, String(index)])),
  );
