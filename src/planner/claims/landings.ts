import type {HostSurvey, Landing, LandingFiles, Mount} from '../../engines/facts.js';
import type {HostView} from '../../state/host/observed.js';

/**
 * What tells a mount from the others of a host: a volume's name, or the folder. Not the destination, which mounts of two
 * containers may have in common.
 */
export const mountKey = ({kind, name, source}: Mount): string =>
  kind === 'volume' ? name : source;

/** What stands on a host where a mount's content is or would go. */
export const landingOf = (survey: HostSurvey | undefined, mount: Mount): Landing | undefined =>
  survey?.landings.find(
    (each) =>
      each.mount === mount.kind &&
      (each.mount === 'volume' ? each.name : each.source) === mountKey(mount),
  );

/** The files there. */
export const filesOf = (
  {survey}: Pick<HostView, 'survey'>,
  mount: Mount,
): LandingFiles | undefined =>
  survey?.usage?.landings.find(
    (each) => each.mount === mount.kind && each.value === mountKey(mount),
  );
