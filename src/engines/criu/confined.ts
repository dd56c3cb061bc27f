import {CONFINE, IN_OWN_MOUNTS} from '../../base/confine.js';
import {shellWord} from '../../base/shell-word.js';

/**
 * `confined FOLDER WORD…` runs a program that reads what another host sent. It finds the folder at `/to`, and nothing else of this
 * host that it could write to or learn from. Needs `$scratch`. The script around it stays outside, with the lease that guards it.
 */
export const confinedText = `confine=${shellWord(CONFINE)}
confined() {
  only=$1
  shift
  mkdir -p -- "$scratch/root"
  ${IN_OWN_MOUNTS} sh -c "$confine" cm "$scratch/root" "$only" '' '' "$@"
}`;
