import {readLook} from '../../src/engines/docker/look.js';
import {readSurvey} from '../../src/engines/docker/survey.js';
import type {Pair} from '../../src/engines/engine.js';
import type {HostSurvey, ObservedContainer} from '../../src/engines/facts.js';
import {recording, valueOf} from './recording.js';

/** The containers that docker 26.1.5 described. */
export const described = valueOf(readLook(recording('docker-26.1.5-look'))).containers;

export const question = {leaving: described, arriving: described.flatMap(({mounts}) => mounts)};

/** The host that they are on, as docker 26.1.5 described it. */
export const surveyed = valueOf(readSurvey(recording('docker-26.1.5-survey'), question));

export function container(
  name: string,
  change: Partial<ObservedContainer> = {},
): ObservedContainer {
  const found = described.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no container "${name}" in the recording`);
  return {...found, ...change};
}

/** The same host once more, without containers and without their images and files. */
export const empty: HostSurvey = {
  ...surveyed,
  ...{neighbours: [], weights: [], images: [], listening: [], units: [], landings: []},
  links: [],
};

interface Change {
  readonly container?: ObservedContainer;
  readonly source?: Partial<HostSurvey>;
  readonly target?: Partial<HostSurvey>;
  readonly versions?: readonly [string, string];
  readonly connections?: 'keep' | 'close';
}

/** A move that can be made, but for what is changed in it. */
export function aPair({source, target, versions, connections, ...rest}: Change = {}): Pair {
  const [sourceVersion, targetVersion] = versions ?? ['26.1.5+dfsg1', '26.1.5+dfsg1'];
  return {
    container: rest.container ?? container('redis'),
    source: {...surveyed, ...source},
    target: {...empty, ...target},
    ...{sourceVersion, targetVersion, connections: connections ?? 'keep'},
  };
}
