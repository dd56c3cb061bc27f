import {script, type Command} from '../../base/command.js';
import type {Kept} from './kept-list.js';

/**
 * `$1` the checkpoint's folder. It stops being whole at once, and is gone piece by piece after it; cut
 * off in between, it is the unfinished work of a dead run, which the next `prune` removes.
 */
const removeText = `folder=\${1%.part}
[ ! -e "$folder" ] || { rm -rf -- "$folder.part"; mv -- "$folder" "$folder.part"; }
rm -rf -- "$folder.part"
rmdir -- "\${folder%/*}" 2>/dev/null || :`;

/** Takes minutes where volumes with very many files were kept. May be sent twice. */
export const removeKept = ({container, id, folder}: Kept): Command => ({
  ...script(`remove checkpoint ${id} of ${container}`, removeText, folder),
  timeoutMs: 1_800_000,
});
