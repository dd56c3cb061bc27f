import type {HostSurvey, ObservedContainer} from '../engines/facts.js';
import type {HostView} from '../state/host/observed.js';

/**
 * A host as it would be without this container, so that it can be asked whether the container fits there:
 * its own name, addresses, ports and volumes do not stand in its way.
 */
export function without(
  survey: HostSurvey,
  {id, name, ports}: Pick<ObservedContainer, 'id' | 'name' | 'ports'>,
): HostSurvey {
  const own = (port: number, protocol: string): boolean =>
    ports.some((each) => each.hostPort === port && each.protocol === protocol);
  return {
    ...survey,
    neighbours: survey.neighbours.filter((each) => each.id !== id && each.name !== name),
    listening: survey.listening.filter(({port, protocol}) => !own(port, protocol)),
    ...(survey.usage && {
      usage: {
        ...survey.usage,
        tenants: survey.usage.tenants.filter((each) => each.id !== id && each.name !== name),
      },
    }),
  };
}

export const viewWithout = (view: HostView, container: ObservedContainer): HostView =>
  view.survey ? {...view, survey: without(view.survey, container)} : view;
