import {createHash} from 'node:crypto';
import {recipe, recipeHash} from './recipe.js';
import {vmBuildScript} from '../host/vm-scripts.js';

/** What virtual machines have beside the root filesystem: a change of either is another cache folder. */
export interface VmRecipe {
  /** QEMU 7.2 of the suite before miscompiles `rep movs` of this kernel under emulation; 10 is right. */
  readonly suite: string;
  /** The kernel has CONFIG_MEM_SOFT_DIRTY, which CRIU's pre-dump needs and many machines lack. */
  readonly packages: readonly string[];
  /** The shell script that makes it. */
  readonly script: string;
}

export const vmRecipe: VmRecipe = {
  suite: recipe.suite,
  packages: ['qemu-system-x86', 'qemu-utils', 'linux-image-cloud-amd64'],
  script: vmBuildScript,
};

/** Names the cache folder. */
export const vmRecipeHash = (of: VmRecipe, root = recipeHash(recipe)): string =>
  createHash('sha256')
    .update(JSON.stringify([of.suite, of.packages, of.script, root]))
    .digest('hex')
    .slice(0, 16);
