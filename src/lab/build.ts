import {access, mkdir, readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Problem} from '../base/problem.js';
import {err, ok, type Result} from '../base/result.js';
import {findMirror} from './mirror.js';
import {checkSpace, type LabPlace, type Say} from './place.js';
import {recipe, recipeHash} from './recipe.js';
import {mustRun} from './tool.js';
import {ensureTools} from './tools.js';

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

/**
 * The hosts' root filesystem and the sample images, built when the cache has none of this recipe (about
 * a minute, 550 MB). Several processes may call it at once: one builds, the others wait. The lock is
 * held by the build itself, so that a build whose caller has died is not disturbed while it ends.
 */
export async function ensureRoot(place: LabPlace, say: Say): Promise<Result<Root, Problem>> {
  const root = rootAt(place, recipeHash(recipe));
  if (await exists(root.rootfs)) return ok(root);
  await mkdir(place.cacheRoot, {recursive: true});
  const space = await checkSpace(place.cacheRoot, buildBytes);
  if (!space.ok) return space;
  const tools = await ensureTools(['mmdebstrap'], say);
  if (!tools.ok) return tools;

  const mirror = findMirror(await aptSources());
  if (mirror === undefined) return err(noMirror);
  say(`building the hosts' root filesystem in ${place.cacheRoot} (once, a minute or two)`);
  const built = await mustRun(
    [
      ...[
        'flock',
        '--no-fork',
        '-w',
        String(buildTimeoutMs / 1000),
        join(place.cacheRoot, `${root.hash}.lock`),
      ],
      ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['sh', '-euc', recipe.script],
    ] as ['flock', ...string[]],
    {
      say,
      timeoutMs: buildTimeoutMs,
      title: 'build of the root filesystem',
      env: {
        MIRROR: mirror,
        SUITE: recipe.suite,
        NEWER: recipe.newerSuite,
        PACKAGES: recipe.packages.join(','),
        NEWER_PACKAGES: recipe.newerPackages.join(' '),
        FINAL: join(place.cacheRoot, root.hash),
        BUILDING: join(place.cacheRoot, `${root.hash}.building`),
      },
    },
  );
  if (built.ok) return ok(root);
  return err({
    ...built.error,
    code: 'lab-build-failed',
    message: "the hosts' root filesystem could not be built",
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
