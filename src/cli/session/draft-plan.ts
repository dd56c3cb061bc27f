import type {Strategy} from '../../base/strategy.js';
import type {WrittenContainer} from '../../plan/write.js';
import {plural} from '../../report/text/columns.js';
import {formatBytes} from '../../report/text/units.js';
import {dependenciesOf, type LeftOut, type Resident} from './residents.js';

/** `postgres:17, memory 48 MiB, volumes 1.2 GiB` */
function noteOf({container, weight}: Resident): string {
  const {image, mounts, state} = container;
  const sizes = Object.values(weight?.mounts ?? {});
  const held = sizes.reduce((sum, size) => sum + size, 0);
  return [
    image.name === '' ? image.id.slice(0, 19) : image.name,
    ...(state === 'running' ? [] : [state]),
    ...(weight && weight.memory > 0 ? [`memory ${formatBytes(weight.memory)}`] : []),
    ...(mounts.length > 0
      ? [`${plural(mounts.length, 'mount')}${held > 0 ? ` with ${formatBytes(held)}` : ''}`]
      : []),
  ].join(', ');
}

interface Drafting {
  /** Where one belongs. */
  readonly place: (resident: Resident) => string;
  /** The ladder of one; absent: the plan language's own. */
  readonly strategy?: (resident: Resident) => readonly Strategy[] | undefined;
  /** More about one. */
  readonly remark?: (resident: Resident) => string | undefined;
}

/** The containers of a plan, those of a project together and below its name. */
export function draftContainers(
  chosen: readonly Resident[],
  {place, strategy, remark}: Drafting,
): readonly WrittenContainer[] {
  const dependencies = dependenciesOf(chosen);
  return chosen.map((resident, index) => {
    const {project, container} = resident;
    const begins = project !== undefined && project !== chosen[index - 1]?.project;
    const ladder = strategy?.(resident);
    const said = remark?.(resident);
    const note = noteOf(resident);
    return {
      name: container.name,
      on: place(resident),
      ...(ladder && {strategy: ladder}),
      dependsOn: dependencies.get(container.name) ?? [],
      ...(begins && {above: [`project ${project}`]}),
      note: said === undefined ? note : `${note}; ${said}`,
    };
  });
}

/** Comments for what the plan does not have. */
export const leftOutLines = (all: readonly LeftOut[]): readonly string[] =>
  all.map(({name, on, because}) => `not in this plan: ${name} on ${on}: ${because}`);
