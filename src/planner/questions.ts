import type {Inputs} from './inputs.js';
import type {SurveyQuestion} from '../engines/engine.js';
import type {Container, HostName} from '../plan/plan.js';
import {fileMounts} from './claims/folders.js';
import {unmounted} from './claims/host-paths.js';
import type {Draft} from './situation/scene.js';
import {stand} from './situation/stand.js';

/** The containers that are dealt with. */
export const chosen = ({plan, only}: Inputs): readonly Container[] =>
  [...plan.containers.values()].filter(({name}) => only?.(name) ?? true);

/** What has to be known of which host before steps can be made; empty when nothing is to be done. */
export function questions(inputs: Inputs): ReadonlyMap<HostName, SurveyQuestion> {
  const asked = new Map<
    HostName,
    {leaving: SurveyQuestion['leaving']; arriving: SurveyQuestion['arriving']}
  >();
  const ask = (
    host: HostName,
    leaving: SurveyQuestion['leaving'],
    arriving: SurveyQuestion['arriving'],
  ) => {
    const known = asked.get(host) ?? {leaving: [], arriving: []};
    asked.set(host, {
      leaving: [...known.leaving, ...leaving],
      arriving: [...known.arriving, ...arriving],
    });
  };
  for (const container of chosen(inputs))
    for (const {host, leaving = [], arriving = []} of asksOf(
      stand(inputs.plan, inputs.observed, container),
      inputs,
    ))
      ask(host, leaving, arriving);
  return asked;
}

type Ask = Partial<SurveyQuestion> & {readonly host: HostName};

function asksOf(draft: Draft, inputs: Inputs): readonly Ask[] {
  switch (draft.kind) {
    case 'settled':
    case 'problem':
      return [];
    case 'move':
      return moveAsks(draft, inputs);
    case 'bring':
      return bringAsks(draft);
    case 'turn': {
      const {view, container} = draft.found;
      return [{host: view.host, leaving: [container], arriving: fileMounts(container)}];
    }
    case 'wake':
      return [wakeAsk(draft)];
    case 'finish':
    case 'undo':
    case 'tidy':
      return [{host: draft.source.host}, {host: draft.target.host}];
  }
}

/** Its files are put back only from what is kept. */
const wakeAsk = ({source: {host}, kept, known}: Draft & {kind: 'wake'}): Ask =>
  kept ? {host, arriving: fileMounts(known)} : {host};

function moveAsks({found, to}: Draft & {kind: 'move'}, {engines}: Inputs): readonly Ask[] {
  const {view, container} = found;
  const engine = engines.get(view.engine);
  const arriving = [...fileMounts(container), ...(engine ? unmounted(engine, container) : [])];
  return [
    {host: view.host, leaving: [container], arriving},
    {host: to.host, arriving},
  ];
}

function bringAsks({found, record, keeper, to}: Draft & {kind: 'bring'}): readonly Ask[] {
  const arriving = fileMounts(record.kept.described ?? found?.container ?? {mounts: []});
  const leaving = found ? [found.container] : [];
  const here = {host: keeper.host, leaving};
  return keeper === to ? [{...here, arriving}] : [here, {host: to.host, arriving}];
}
