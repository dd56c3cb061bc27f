import {execFileSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import {expect} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import {hostFolder} from '../../src/lab/lab-state.js';
import {until} from '../rig/limits.js';
import type {Rig} from './rig.js';

const folder = '/srv/sqlite';

/** Whether this machine has it; the images and hosts of the lab do not. */
export const hasSqlite = existsSync('/usr/bin/sqlite3');

/** Puts this machine's sqlite3 and what it needs into a folder of every host of the lab. */
export function giveSqlite({lab}: Rig): void {
  const told = execFileSync('ldd', ['/usr/bin/sqlite3'], {encoding: 'utf8'});
  const libraries = [...told.matchAll(/(\/\S+) \(0x/gu)].map(([, path]) => path ?? '');
  for (const {name} of lab.hosts) {
    const there = join(hostFolder(lab, name), 'disk', folder);
    mkdirSync(there, {recursive: true});
    for (const path of ['/usr/bin/sqlite3', ...libraries]) {
      const to = basename(path).startsWith('ld-') ? 'loader' : basename(path);
      copyFileSync(path, join(there, to));
    }
  }
}

const sqlite = (at: string): string => `${at}/loader --library-path ${at} ${at}/sqlite3`;

/**
 * A row every moment, by one process that never writes its log back into the database: all rows are in the log, and its index in a
 * shared mapping. Each start is a run of its own.
 */
const program = `trap 'exit 0' TERM
run=$(cat /proc/sys/kernel/random/uuid)
rows() {
  echo 'pragma journal_mode=wal; pragma wal_autocheckpoint=0; create table if not exists rows(run text, n int);'
  n=0
  while :; do n=$((n + 1)); echo "insert into rows values('$run', $n);"; sleep 0.05; done
}
rows | ${sqlite('/sqlite')} /data/db >/dev/null &
while :; do sleep 1000 & wait; done`;

/** Words after those of `podman run` or `docker run` that detach and name the container. */
export const sqliteWords: readonly string[] = [
  ...['--volume', 'data:/data', '--volume', `${folder}:/sqlite:ro`],
  ...[imageName('busybox'), 'sh', '-c', program],
];

/** What a plan says of its mounts. */
export const sqliteVolumes = 'volumes: {/sqlite: shared}';

/** `$1`: folder of the database. A copy is asked, since opening a database changes it. */
const countText = `rm -rf /srv/asked; cp -a "$1" /srv/asked
${sqlite(folder)} /srv/asked/db "select run, count(*), max(n) from rows group by run order by min(rowid); pragma integrity_check;"`;

interface Counted {
  /** Of the first run. */
  readonly rows: number;
  readonly highest: number;
  readonly whole: boolean;
}

export async function countRows(rig: Rig, host: string, at: string): Promise<Counted> {
  const lines = (await rig.shell(host, countText, at)).split('\n');
  const [, rows = '0', highest = '0'] = (lines[0] ?? '').split('|');
  return {rows: Number(rows), highest: Number(highest), whole: lines.at(-1) === 'ok'};
}

/** Some rows are there, while the program goes on. */
export async function untilRows(rig: Rig, host: string, at: string): Promise<number> {
  let rows = 0;
  await until(async () => {
    const text = 'if [ -e "$1/db-wal" ]; then stat -c %s "$1/db-wal"; else echo 0; fi';
    if (Number(await rig.shell(host, text, at)) < 100_000) return false;
    rows = (await countRows(rig, host, at)).rows;
    return rows > 20;
  });
  return rows;
}

/** What the source was left with is on the target, row by row; a program that goes on there adds to it. */
export async function expectSameRows(rig: Rig, at: string, before: number): Promise<void> {
  const left = await countRows(rig, 'alpha', at);
  expect(left.rows).toBeGreaterThanOrEqual(before);
  expect(left).toMatchObject({highest: left.rows, whole: true});
  const there = await countRows(rig, 'beta', at);
  expect(there.rows).toBeGreaterThanOrEqual(left.rows);
  expect(there).toMatchObject({highest: there.rows, whole: true});
}
