/** What comes after the last slash of a path, on whichever host. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
