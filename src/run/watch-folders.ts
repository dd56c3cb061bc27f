import {watch} from 'chokidar';

export interface Subscription {
  close(): Promise<void>;
}

/**
 * Tells that something in these folders has changed, and not what: editors rename, a ConfigMap swaps a
 * symlink to a folder (which gives no event at all for the file behind it), and several events come for
 * one save. Settles when it listens.
 */
export async function watchFolders(
  folders: readonly string[],
  onChange: () => void,
): Promise<Subscription> {
  const watcher = watch([...folders], {ignoreInitial: true, depth: 0, followSymlinks: false});
  watcher.on('all', onChange);
  // A folder that cannot be watched is still looked at every interval.
  watcher.on('error', onChange);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return watcher;
}
