import type {Problem} from '../../base/problem.js';
import {alignRows, plural} from './columns.js';
import {createStyle, type Ability} from './style.js';
import {formatBytes} from './units.js';

/** A file of the archive, as far as it is shown. */
export interface ListedFile {
  readonly name: string;
  readonly bytes: number;
  readonly redactions: number;
}

const removed = (count: number): string => (count === 0 ? '' : `${count} removed`);

/** All that would be handed on, before anything is written. */
export function renderSupport(
  out: string,
  files: readonly ListedFile[],
  dark: readonly Problem[],
  ability: Ability,
): string {
  const {paint, signs} = createStyle(ability);
  const rows = alignRows(
    files.map(({name, bytes, redactions}) => [name, formatBytes(bytes), removed(redactions)]),
  );
  const sum = (of: (file: ListedFile) => number): number =>
    files.reduce((total, file) => total + of(file), 0);
  return [
    paint('bold', `${out}: ${plural(files.length, 'file')}`),
    ...rows.map((row) => `  ${paint('dim', row)}`),
    `${formatBytes(sum(({bytes}) => bytes))} before it is packed; ${plural(
      sum(({redactions}) => redactions),
      'secret',
    )} removed`,
    ...dark.map(({host = '?', message}) =>
      paint('yellow', `${signs.warning} not asked: ${host}: ${message}`),
    ),
    'names, addresses, mounts and versions stay in it: look through it before you hand it on',
  ].join('\n');
}
