import {realpathSync, watch, type FSWatcher} from 'node:fs';
import {basename, dirname, resolve} from 'node:path';

export interface Subscription {
  close(): Promise<void>;
}

/**
 * Tells that something in these folders has changed, and not what: editors rename, a ConfigMap swaps a symlink to a
 * folder, and several events come for one save. A folder may be replaced, or its parents, as `git checkout` does, or
 * be made again: it is watched by its name, from the root down. Settles when it listens.
 */
export function watchFolders(
  folders: readonly string[],
  onChange: () => void,
): Promise<Subscription> {
  const watches = folders.map((folder) => new FolderWatch(resolve(folder), onChange));
  return Promise.resolve({
    close: () => {
      for (const each of watches) each.close();
      return Promise.resolve();
    },
  });
}

interface Rung {
  readonly folder: string;
  /** The entry that leads on; absent for the folder that is watched. */
  readonly entry?: string;
}

/** The folder, and each folder above it with the entry that leads to it. */
function rungsOf(folder: string): readonly Rung[] {
  const rungs: Rung[] = [{folder}];
  for (let at = folder; dirname(at) !== at; at = dirname(at))
    rungs.push({folder: dirname(at), entry: basename(at)});
  return rungs;
}

/** Where links lead; the same path when nothing is there. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

class FolderWatch {
  readonly #folder: string;
  readonly #onChange: () => void;
  #watchers: FSWatcher[] = [];

  constructor(folder: string, onChange: () => void) {
    this.#folder = folder;
    this.#onChange = onChange;
    this.#listen();
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #listen(): void {
    const real = realPath(this.#folder);
    const rungs = rungsOf(this.#folder);
    for (const rung of real === this.#folder ? rungs : [...rungs, ...rungsOf(real)])
      this.#watch(rung);
  }

  #watch({folder, entry}: Rung): void {
    try {
      const watcher = watch(folder, (type, name) => {
        if (entry === undefined) this.#onChange();
        else if (type === 'rename' && (name === entry || name === null)) this.#renew();
      });
      watcher.on('error', () => {
        this.#onChange();
      });
      this.#watchers.push(watcher);
    } catch {
      // It is not there, or the system watches no more: the folders above tell, and every interval does.
    }
  }

  /** What the name leads to has been replaced: from now on the new one is watched. */
  #renew(): void {
    this.close();
    this.#listen();
    this.#onChange();
  }
}
