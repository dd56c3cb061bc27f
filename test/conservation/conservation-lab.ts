import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {down, imageName, loadImage} from '../../src/lab/lab.js';
import type {Lab} from '../../src/lab/lab-state.js';
import {type LabPlace, labPlace} from '../../src/lab/place.js';
import {runInHost} from '../../src/lab/host/ssh.js';
import {hostsBlock} from '../../src/lab/host/ssh-files.js';
import {up} from '../../src/lab/up.js';
import {must} from '../bench/bench-lab.js';
import {CmRun} from '../lab/cm-run.js';
import {clearScript} from '../lab/host-scripts.js';
import {listScript, strangersScript} from './host-scripts.js';
import type {Files, World} from './model.js';

export const hosts = ['alpha', 'beta'] as const;

export type HostName = (typeof hosts)[number];

export const image = imageName('busybox');

/** Two podman hosts, and every file on them. */
export class ConservationLab {
  private readonly lab: Lab;
  private readonly place: LabPlace;
  private readonly folder: string;

  private constructor(lab: Lab, place: LabPlace, folder: string) {
    this.lab = lab;
    this.place = place;
    this.folder = folder;
  }

  static async open(name: string, say: (line: string) => void): Promise<ConservationLab> {
    const {platform, env} = process;
    const place = must(labPlace({platform, uid: process.getuid?.(), env}));
    const lab = must(await up(place, {lab: name, hosts, say}));
    const folder = await mkdtemp(join(tmpdir(), 'conservation-'));
    for (const host of hosts) must(await loadImage(lab, host, 'busybox'));
    return new ConservationLab(lab, place, folder);
  }

  async shell(host: string, text: string, ...values: readonly string[]): Promise<string> {
    const argv = ['sh', '-euc', text, 'conservation', ...values] as const;
    const ran = must(await runInHost(this.lab, host, argv));
    if (ran.exitCode !== 0) throw new Error(`on ${host}: ${ran.stderr}\n${ran.stdout}`);
    return ran.stdout;
  }

  async clear(): Promise<void> {
    for (const host of hosts) {
      await this.shell(host, clearScript);
      await this.shell(host, strangersScript, image);
    }
  }

  /** All files of both hosts. */
  async look(): Promise<World> {
    const all = await Promise.all(
      hosts.map(async (host) => [host, readList(await this.shell(host, listScript))] as const),
    );
    return new Map(all);
  }

  async where(container: string): Promise<readonly string[]> {
    const found = await Promise.all(
      hosts.map(async (host) => {
        const text = 'if podman container exists "$1"; then echo yes; fi';
        return (await this.shell(host, text, container)) === '' ? [] : [host];
      }),
    );
    return found.flat();
  }

  /** `killAfterMs`: the runner is killed then, where it still runs. */
  async apply(text: string, killAfterMs?: number): Promise<{exit: number; codes: string[]}> {
    const file = join(this.folder, 'plan.yaml');
    await writeFile(file, `apiVersion: cm/v1\nname: conservation\n${hostsBlock(this.lab)}${text}`);
    const run = new CmRun(['apply', file, '--yes', '--json'], {
      env: {XDG_STATE_HOME: join(this.folder, 'state'), CI: '', GITHUB_ACTIONS: ''},
      program: resolve('dist/main.js'),
      longestSeconds: 300,
    });
    const timer =
      killAfterMs === undefined
        ? undefined
        : setTimeout(() => {
            run.signal('SIGKILL');
          }, killAfterMs);
    const {exit, lines} = await run.ended;
    clearTimeout(timer);
    const codes = lines.flatMap(({type, code}) =>
      type === 'problem' && typeof code === 'string' ? [code] : [],
    );
    return {exit, codes: [...new Set(codes)]};
  }

  /** The leases of a runner that was killed are over. */
  async age(): Promise<void> {
    const text = 'find /run/cm/leases -type f -exec touch -d "-2 minutes" {} + 2>/dev/null || :';
    for (const host of hosts) await this.shell(host, text);
  }

  async close(): Promise<void> {
    must(await down(this.place, this.lab.name));
    await rm(this.folder, {recursive: true, force: true});
  }
}

/** Names of one file are told by the first of them, since inodes differ from host to host. */
function readList(text: string): Files {
  const lines = text.trim().split('\n');
  if (lines.at(-1) !== 'end') throw new Error('the list of files is cut off');
  const sums = new Map<string, string>();
  const files = new Map<string, string>();
  const first = new Map<string, string>();
  for (const line of lines.filter((each) => each.startsWith('sum ')))
    sums.set(line.slice(70), line.slice(4, 68));
  const entries = lines
    .filter((each) => each.startsWith('file\t'))
    .map((line) => line.split('\t'))
    .sort((one, other) => ((one[9] ?? '') < (other[9] ?? '') ? -1 : 1));
  for (const [, inode = '', type = '', mode, user, group, size, time, link, path = ''] of entries) {
    if (type === 'd') {
      files.set(path, `folder ${mode} ${user}:${group}`);
      continue;
    }
    const twin = first.get(inode) ?? path;
    first.set(inode, twin);
    files.set(
      path,
      `${type} ${mode} ${user}:${group} ${size} ${time} ${link} ${sums.get(path) ?? ''} of ${twin}`,
    );
  }
  return files;
}
