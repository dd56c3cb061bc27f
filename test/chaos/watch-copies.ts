import {setTimeout as sleep} from 'node:timers/promises';
import {type ChaosLab, hosts} from './chaos-lab.js';

const everyMs = 20;

/** Asks the kernel all the time whether processes of a container are there on more than one host. */
export class CopyWatch {
  /** For how long there were two, ms. */
  twiceMs = 0;
  private going = true;
  private readonly ended: Promise<void>;

  constructor(lab: ChaosLab) {
    this.ended = this.watch(lab);
  }

  async stop(): Promise<number> {
    this.going = false;
    await this.ended;
    return this.twiceMs;
  }

  private async watch(lab: ChaosLab): Promise<void> {
    let last = performance.now();
    let before = false;
    while (this.going) {
      const alive = await Promise.all(hosts.map(async (host) => lab.alive(host)));
      const now = performance.now();
      const twice = alive.every(Boolean);
      // Seen twice in a row: a process that is just being reaped is no copy.
      if (twice && before) this.twiceMs += now - last;
      before = twice;
      last = now;
      await sleep(everyMs);
    }
  }
}
