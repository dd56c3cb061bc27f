import {imagesQuestion} from '../criu/images-question.js';
import type {Pair, Question} from '../engine.js';
import {plannedOci} from '../oci/planned.js';
import {bundleOf} from './bundle.js';
import {groupIn} from './twin.js';

/** As runtimes call the control group: `/group/web` stays, systemd makes `runc-web.scope` of `machine.slice:runc:web`. */
function groupsOf(name: string, path: string): readonly string[] {
  const [slice = '', prefix = '', last = ''] = path.split(':');
  const group = slice.split('/').at(-1) ?? '';
  const scope = prefix === '' ? last : `${prefix}-${last}`;
  const usual = [name, `runc-${name}.scope`, `crun-${name}.scope`, `crun-${name}`];
  return path.includes(':') ? [...usual, `${scope}.scope`, scope] : [...usual, group];
}

/** What a restore of the bundle may take from the images. A copy beside another one goes into a control group of its own. */
export function bundleImages({container}: Pair, scratch: string, isCopy = false): Question {
  const {config} = bundleOf(container);
  const {cgroups, ...planned} = plannedOci(config, groupsOf(container.name, groupIn(config)));
  const groups = isCopy || !cgroups ? {} : {cgroups};
  return imagesQuestion(container.name, scratch, () => ({...planned, ...groups}));
}
