import {access, mkdir, readdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {findMirror} from './mirror.js';
import {checkSpace, type LabPlace, type Say} from '../place.js';
import {recipe, recipeHash} from './recipe.js';
import {mustRun} from './tool.js';
import {ensureTools, type Tool} from './tools.js';

/** What all hosts of a recipe read. */
export interface Root {
  readonly hash: string;
  readonly rootfs: string;
  readonly images: string;
}

const buildBytes = 2 * 2 ** 30;
const buildTimeoutMs = 20 * 60_000;

export const rootAt = ({cacheRoot}: LabPlace, hash: string): Root => ({
  hash,
  rootfs: join(cacheRoot, hash, 'rootfs'),
  images: join(cacheRoot, hash, 'images'),
});

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A folder of the cache, and the script that makes it: as `$FINAL`, by way of `$BUILDING`. */
export interface Built {
  readonly what: string;
  readonly folder: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly tools: readonly Tool[];
}

/**
 * The hosts' root filesystem and the sample images, built when the cache has none of this recipe (about
 * a minute, 600 MB).
 */
export async function ensureRoot(place: LabPlace, say: Say): Promise<Result<Root, Problem>> {
  const root = rootAt(place, recipeHash(recipe));
  const folder = join(place.cacheRoot, root.hash);
  const env = {
    SUITE: recipe.suite,
    NEWER: recipe.newerSuite,
    PACKAGES: recipe.packages.join(','),
    NEWER_PACKAGES: recipe.newerPackages.join(' '),
  };
  const what = "the hosts' root filesystem";
  const {script} = recipe;
  const tools = ['mmdebstrap'] as const;
  const built = await ensureBuilt({what, folder, script, env, bytes: buildBytes, tools}, say);
  return built.ok ? ok(root) : built;
}

/**
 * Runs the script unless its folder is there. Several processes may call it at once: one builds, the
 * others wait. The lock is held by the build itself, so that a build whose caller has died is not
 * disturbed while it ends.
 */
export async function ensureBuilt(
  {what, folder, script, env, bytes, tools}: Built,
  say: Say,
): Promise<Result<void, Problem>> {
  if (await exists(folder)) return ok(undefined);
  const cache = dirname(folder);
  await mkdir(cache, {recursive: true});
  const space = await checkSpace(cache, bytes);
  if (!space.ok) return space;
  const ready = await ensureTools(tools, say);
  if (!ready.ok) return ready;

  const mirror = findMirror(await aptSources());
  if (mirror === undefined) return err(noMirror);
  say(`building ${what} in ${cache} (once, a minute or two)`);
  const built = await mustRun(
    [
      ...(['flock', '--no-fork', '-w', String(buildTimeoutMs / 1000), `${folder}.lock`] as const),
      ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['sh', '-euc', script],
    ],
    {
      say,
      timeoutMs: buildTimeoutMs,
      title: `build of ${what}`,
      env: {...env, MIRROR: mirror, FINAL: folder, BUILDING: `${folder}.building`},
    },
  );
  if (built.ok) return ok(undefined);
  return err({
    ...built.error,
    code: 'lab-build-failed',
    message: `${what} could not be built`,
    remedy: 'see whether the machine reaches its Debian mirror (apt-get update), then run it again',
  });
}

const noMirror: Problem = {
  kind: 'preflight',
  code: 'no-mirror',
  message: 'the apt sources of this machine name no Debian mirror, which the hosts are made from',
  remedy: 'add a line for Debian to /etc/apt/sources.list',
};

async function aptSources(): Promise<readonly string[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = await readdir(folder).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => join(folder, name))];
  return Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
}
