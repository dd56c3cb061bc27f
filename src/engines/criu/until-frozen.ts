import {script, type Command} from '../../base/command.js';

/**
 * Its folder goes when a later run tidies up after one that died, and nobody is left to say that it ended.
 */
const frozenText = `while [ ! -e "$1/frozen" ]; do
  [ ! -e "$1/ended" ] && [ -d "$1" ] || { echo 'it was not frozen' >&2; exit 1; }
  sleep 0.01
done`;

/**
 * Ends as soon as nothing in it runs any more: the freeze says so by a file in the run's folder. CRIU writes its list of
 * files when every process is held and the network is locked, before the first page.
 */
export const frozenScript = (scratch: string): Command =>
  script('wait until it is frozen', frozenText, scratch);
