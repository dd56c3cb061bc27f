import {expect} from 'vitest';
import {imageName} from '../../src/lab/lab.js';
import type {Rig} from './rig.js';

/** How an engine is asked what a container of it has counted; in scripts `$1` is its name, `$2` what is mounted into it. */
interface Ways {
  readonly exec: string;
  /** Says where on the host that is. */
  readonly folder: string;
  /** Where the container sees it. */
  readonly at: string;
  readonly mounted: string;
}

const ways = {
  podman: {
    exec: 'podman exec',
    folder: `podman volume inspect --format '{{.Mountpoint}}' "$2"`,
    at: '/data',
    mounted: 'data',
  },
  docker: {
    exec: 'docker exec',
    folder: `docker volume inspect --format '{{.Mountpoint}}' "$2"`,
    at: '/data',
    mounted: 'data',
  },
  runc: {exec: 'runc exec', folder: 'echo "$2"', at: '/files', mounted: '/srv/count-data'},
} as const satisfies Readonly<Record<string, Ways>>;

/** Each file has to be 1, 2, 3, …: nothing left out, and nothing twice. */
const countedText = ({exec, folder}: Ways, inside: boolean): string => `cd "$(${folder})"
${inside ? `${exec} "$1" cat /one > "/run/own-$1"` : ''}
for file in one two ${inside ? '"/run/own-$1"' : ''}; do
  cat "$file" > "/run/counted-$1"
  seq 1 "$(tail -n 1 "/run/counted-$1")" | cmp - "/run/counted-$1" >&2
done
tail -n 1 one`;

interface Which {
  readonly name?: string;
  /** A volume; of runc a folder of the host. */
  readonly mounted?: string;
  /** Whether its own files are looked at, too: for that it has to run. */
  readonly inside?: boolean;
}

/** A container, by the name of `count` where nothing else is said, that knows only in its memory how far it has counted. */
export class Counter {
  private readonly rig: Rig;
  private readonly ways: Ways;

  constructor(rig: Rig, engine: keyof typeof ways) {
    this.rig = rig;
    this.ways = ways[engine];
  }

  /** What runs in it: a shell that forks another one. Both count into what is mounted, the one also into its own files. */
  get program(): readonly ['sh', '-c', string] {
    const {at} = this.ways;
    return [
      'sh',
      '-c',
      `i=0
(j=0; while :; do j=$((j + 1)); echo $j >> ${at}/two; sleep 0.1; done) &
while :; do i=$((i + 1)); echo $i >> ${at}/one; echo $i >> /one; sleep 0.1; done`,
    ];
  }

  /** One of podman, on alpha; the words are more of `podman run`'s. */
  async run(...words: readonly string[]): Promise<void> {
    await this.rig.shell(
      'alpha',
      'podman run --detach --name count --restart=always --volume data:/data "$@" >/dev/null',
      ...[...words, '--', imageName('redis'), ...this.program],
    );
    await this.begun();
  }

  /** As soon as it counts. */
  async begun(): Promise<void> {
    const counted = async () => this.counted('alpha', {inside: false});
    await expect.poll(counted).toBeGreaterThan(3);
  }

  /** How far it has come, without a gap and without a repeat. */
  async counted(
    host = 'alpha',
    {name = 'count', mounted = this.ways.mounted, inside = true}: Which = {},
  ): Promise<number> {
    return Number(await this.rig.shell(host, countedText(this.ways, inside), name, mounted));
  }

  /** Changes something in what is mounted, and in its own files. */
  async mark(): Promise<void> {
    const {exec, at} = this.ways;
    await this.rig.shell('alpha', `${exec} count touch ${at}/mark /mark`);
  }

  /** What is there of that, one a line. */
  async marked(host = 'alpha'): Promise<string> {
    const {exec, at} = this.ways;
    return this.rig.shell(host, `${exec} count sh -c "ls ${at}/mark /mark 2>/dev/null || :"`);
  }
}
