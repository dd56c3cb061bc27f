/** What lies on a host: by path, a text that differs whenever anything about the file does. */
export type Files = ReadonlyMap<string, string>;

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

export const within = (files: Files, folders: readonly string[]): Files =>
  new Map([...files].filter(([path]) => folders.some((folder) => isWithin(path, folder))));

const without = (files: Files, folders: readonly string[]): Files =>
  new Map([...files].filter(([path]) => !folders.some((folder) => isWithin(path, folder))));

/** A move makes the folders above what it brings. */
const isAbove = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => folder.startsWith(`${path}/`));

/** One container that has gone from one host to another, with what it brings. */
export interface Moved {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly folders: readonly string[];
}

export type World = ReadonlyMap<string, Files>;

/** What these hosts must be after the moves. */
export function expected(before: World, moves: readonly Moved[]): World {
  return new Map(
    [...before].map(([host, files]) => {
      const arriving = moves.filter(({to}) => to === host);
      const brought = arriving.flatMap(({from, folders}) => [
        ...within(before.get(from) ?? new Map<string, string>(), folders),
      ]);
      const replaced = without(
        files,
        arriving.flatMap(({folders}) => folders),
      );
      return [host, new Map([...replaced, ...brought])];
    }),
  );
}

/** Where the hosts are not as they must be, one line each. */
export function violations(
  wanted: World,
  found: World,
  moves: readonly Moved[],
): readonly string[] {
  return [...wanted].flatMap(([host, files]) => {
    const now = found.get(host) ?? new Map<string, string>();
    const folders = moves.filter(({to}) => to === host).flatMap((each) => each.folders);
    const paths = new Set([...files.keys(), ...now.keys()]);
    return [...paths].flatMap((path) => {
      const [want, have] = [files.get(path), now.get(path)];
      if (want === have || isAbove(path, folders)) return [];
      return [`${host}:${path}: wanted ${want ?? 'nothing'}, found ${have ?? 'nothing'}`];
    });
  });
}

export const isSame = (one: Files, other: Files): boolean =>
  one.size === other.size && [...one].every(([path, text]) => other.get(path) === text);
