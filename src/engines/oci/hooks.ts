import {asList, asRecord, at, textAt} from '../../base/json.js';

/** Programs that runc starts on the host when a container begins, whether started or restored. */
export const hooksOf = (config: unknown): readonly string[] => [
  ...new Set(
    Object.values(asRecord(at(config, 'hooks')))
      .flatMap(asList)
      .map((hook) => textAt(hook, 'path'))
      .filter((path) => path !== ''),
  ),
];

/** Hooks that run when its network namespace is there and its program is not: those that make its network. */
export const makesNetwork = (config: unknown): boolean =>
  ['prestart', 'createRuntime'].some((kind) => asList(at(config, 'hooks', kind)).length > 0);
