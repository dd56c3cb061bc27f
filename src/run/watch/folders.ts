import {realpathSync, watch, type FSWatcher} from 'node:fs';
import {basename, dirname, resolve} from 'node:path';
import {watch as watchEntries, type FSWatcher as EntriesWatcher} from 'chokidar';

export interface Subscription {
  close(): Promise<void>;
}

/**
 * Tells that something in these folders has changed, and not what: editors rename, a ConfigMap swaps a symlink to a
 * folder, and several events come for one save. A folder may be replaced, or its parents, as `git checkout` does, or
 * be made again: it is watched by its name, from the root down. Settles when it listens.
 */
export async function watchFolders(
  folders: readonly string[],
  onChange: () => void,
): Promise<Subscription> {
  const watches = folders.map((folder) => new FolderWatch(resolve(folder), onChange));
  await Promise.all(watches.map((each) => each.listen()));
  return {
    close: async () => {
      await Promise.all(watches.map((each) => each.close()));
    },
  };
}

/** A folder on the way, and the entry in it that leads on. */
interface Rung {
  readonly folder: string;
  readonly entry: string;
}

function rungsOf(folder: string): readonly Rung[] {
  const rungs: Rung[] = [];
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
  #rungs: FSWatcher[] = [];
  #entries: EntriesWatcher | undefined;
  #isClosed = false;
  #isStale = false;
  #isRenewing = false;

  constructor(folder: string, onChange: () => void) {
    this.#folder = folder;
    this.#onChange = onChange;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  /** Settles when it hears changes. */
  async listen(): Promise<void> {
    const real = realPath(this.#folder);
    const rungs = rungsOf(this.#folder);
    for (const rung of real === this.#folder ? rungs : [...rungs, ...rungsOf(real)])
      this.#watch(rung);
    const entries = watchEntries(real, {ignoreInitial: true, depth: 0, followSymlinks: false});
    this.#entries = entries;
    entries.on('all', this.#onChange);
    // Of the system itself: a file that is renamed over another is no event of its own to chokidar.
    entries.on('raw', this.#onChange);
    // A folder that cannot be watched is still looked at every interval.
    entries.on('error', this.#onChange);
    await new Promise<void>((resolve) => entries.once('ready', resolve));
  }

  async #end(): Promise<void> {
    for (const rung of this.#rungs) rung.close();
    this.#rungs = [];
    const entries = this.#entries;
    this.#entries = undefined;
    await entries?.close();
  }

  #watch({folder, entry}: Rung): void {
    try {
      const watcher = watch(folder, (type, name) => {
        if (type === 'rename' && (name === entry || name === null)) void this.#renew();
      });
      watcher.on('error', this.#onChange);
      this.#rungs.push(watcher);
    } catch {
      // It is not there, or the system watches no more: the folders above tell, and every interval does.
    }
  }

  /** What the name leads to has been replaced: from now on the new one is watched. */
  async #renew(): Promise<void> {
    this.#isStale = true;
    if (this.#isRenewing) return;
    this.#isRenewing = true;
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      await this.#end();
      await this.listen();
    }
    this.#isRenewing = false;
    if (this.#isClosed) await this.#end();
    else this.#onChange();
  }
}
