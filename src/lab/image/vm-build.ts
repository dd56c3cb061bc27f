import {access, constants} from 'node:fs/promises';
import {arch} from 'node:os';
import {join} from 'node:path';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {ensureBuilt, type Root} from './build.js';
import type {LabPlace, Say} from '../place.js';
import {vmRecipe, vmRecipeHash} from './vm-recipe.js';

const buildBytes = 2 * 2 ** 30;

/** The kernel, the base disk and the QEMU of a recipe: a folder of the cache. */
export const vmFolder = ({cacheRoot}: LabPlace, hash: string): string =>
  join(cacheRoot, `vm-${hash}`);

/** What virtual machines need beside the root filesystem, built when the cache has none; its hash. */
export async function ensureVm(
  place: LabPlace,
  root: Root,
  say: Say,
): Promise<Result<string, Problem>> {
  const hash = vmRecipeHash(vmRecipe, root.hash);
  const built = await ensureBuilt(
    {
      what: 'what virtual machines need',
      folder: vmFolder(place, hash),
      script: vmRecipe.script,
      env: {
        SUITE: vmRecipe.suite,
        PACKAGES: vmRecipe.packages.join(','),
        ROOTFS: root.rootfs,
        IMAGES: root.images,
      },
      bytes: buildBytes,
      tools: ['mmdebstrap', 'mkfs.ext4'],
    },
    say,
  );
  return built.ok ? ok(hash) : built;
}

/** Whether this machine can hold virtual machines at all; said before anything is built. */
export async function checkVm(
  machine: string = arch(),
  tun = '/dev/net/tun',
): Promise<Result<void, Problem>> {
  if (machine !== 'x64') {
    return err({
      kind: 'preflight',
      code: 'lab-vm-needs-x64',
      message: `the lab's virtual machines have x86-64 kernels, and this machine is "${machine}"`,
      remedy: 'leave out --vm: hosts of namespaces run everywhere',
    });
  }
  const there = await access(tun, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (there) return ok(undefined);
  return err({
    kind: 'preflight',
    code: 'lab-vm-needs-tun',
    message: `virtual machines are cabled by "${tun}", and it is not there or cannot be used`,
    remedy: 'run: modprobe tun; or leave out --vm for hosts of namespaces',
  });
}
