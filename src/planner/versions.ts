import type {HostView, Observed} from '../state/host/observed.js';
import type {Planned, Versions} from './change.js';

function versionsOn({engine, look, survey}: HostView): Versions {
  if (!survey) return {engine: `${engine} ${look.version}`};
  return {
    engine: `${engine} ${look.version}`,
    runtime: `${survey.runtime} ${survey.runtimeVersion}`,
    ...(survey.criu && {criu: survey.criu.version}),
    kernel: survey.kernel,
  };
}

/** For the report of a run: a figure is worth little without what it was reached with. */
export const versionsOf = ({hosts}: Observed): NonNullable<Planned['versions']> =>
  Object.fromEntries(
    [...hosts].flatMap(([name, view]) => ('look' in view ? [[name, versionsOn(view)]] : [])),
  );
