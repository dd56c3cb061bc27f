/** Whether a path is a folder or lies below it. */
export const isWithin = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** A path without the parts that lead nowhere: `/a/./b//c/` is `/a/b/c`. */
export const plainPath = (path: string): string =>
  path.replaceAll(/\/(?:\.?\/)+/g, '/').replace(/(.)\/\.?$/, '$1');
