import type {Pair, Refusal, SurveyQuestion} from '../engine.js';
import {sectionLines, type Section} from './sections.js';
import {landable} from './survey-answers.js';

/**
 * Which sources of bind mounts are symbolic links, by their place in the question, whose words come four
 * at a time. `init` is the program that the engine puts before a container's own with `--init`.
 */
export const linksPart = (initFolders: string): string => `
section links
links() {
  while [ $# -gt 0 ]; do
    if [ "$3" = bind ] && [ -L "$4" ]; then echo "$1 $2"; fi
    shift 4
  done
}
links "$@"
case $init in
  /*) ;;
  *) for folder in ${initFolders}; do
    if [ -e "$folder/$init" ]; then init=$folder/$init; break; fi
  done ;;
esac
if [ -L "$(command -v "$init")" ]; then echo init; fi`;

/** `mount 0.1` is the second mount of the first container that leaves, `land 2` the third that arrives. */
function linkAt(line: string, {leaving, arriving}: SurveyQuestion): string | undefined {
  const [word = '', place = ''] = line.split(' ');
  const [first = -1, second = -1] = place.split('.').map(Number);
  if (word === 'mount') return leaving[first]?.mounts[second]?.source;
  return word === 'land' ? landable(arriving)[first]?.source : word;
}

export const readLinks = (all: readonly Section[], question: SurveyQuestion): readonly string[] =>
  sectionLines(all, 'links').flatMap((line) => linkAt(line, question) ?? []);

/**
 * The runtime mounts what a container had before CRIU restores it, and CRIU does not find it again behind
 * a symbolic link (runc 1.1.15, CRIU 4.2: "Can't remount … with MS_PRIVATE"). A link further up in the
 * path does no harm.
 */
export function linkRefusals(
  {container, ...pair}: Pair,
  init: {readonly used: boolean; readonly program: string; readonly remedy: string},
): readonly Refusal[] {
  return (['source', 'target'] as const).flatMap((side) => {
    const links = pair[side].links ?? [];
    const binds = container.mounts
      .filter(({kind, source}) => kind === 'bind' && links.includes(source))
      .map(({source}) => ({
        code: 'bind-link',
        message: `the bind mount's source "${source}" is a symbolic link on the ${side}, which ${pair[side].runtime} cannot restore`,
        remedy: 'start it again with the place where the link leads, or use "cold"',
      }));
    if (!init.used || !links.includes('init')) return binds;
    return [
      ...binds,
      {
        code: 'init-link',
        message: `it was started with "--init", and "${init.program}" is a symbolic link on the ${side}, which ${pair[side].runtime} cannot restore`,
        remedy: init.remedy,
      },
    ];
  });
}
