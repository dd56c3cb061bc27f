import type {ContainerName, HostName} from '../../plan/plan.js';

interface Waiting {
  readonly container: ContainerName;
  readonly hosts: readonly HostName[];
  readonly go: () => void;
}

/**
 * One after the other on each host, in the order in which they asked: moves that share a link or a host's processors
 * only make each other's downtime longer. Both hosts are taken at once, and who waits for one keeps his place on
 * the other, so nobody waits for ever.
 */
export class Turns {
  readonly #held = new Map<HostName, ContainerName>();
  #waiting: readonly Waiting[] = [];

  /** Whose turn it is on one of these hosts, or will be before anybody who asks now. */
  behind(hosts: readonly HostName[]): ContainerName | undefined {
    const [holder] = hosts.flatMap((host) => this.#held.get(host) ?? []);
    const before = this.#waiting.find((each) => each.hosts.some((host) => hosts.includes(host)));
    return holder ?? before?.container;
  }

  /** Resolves when it is its turn, or when it has been given up. */
  async take(
    container: ContainerName,
    hosts: readonly HostName[],
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const waiting: Waiting = {container, hosts, go: resolve};
      signal.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        resolve();
        this.#next();
      });
      this.#waiting = [...this.#waiting, waiting];
      this.#next();
    });
  }

  /** Also of one that never had it. */
  give(container: ContainerName): void {
    for (const [host, holder] of this.#held) if (holder === container) this.#held.delete(host);
    this.#next();
  }

  #next(): void {
    const claimed = new Set(this.#held.keys());
    const stay: Waiting[] = [];
    for (const waiting of this.#waiting) {
      const {container, hosts, go} = waiting;
      const isFree = hosts.every((host) => !claimed.has(host));
      for (const host of hosts) {
        claimed.add(host);
        if (isFree) this.#held.set(host, container);
      }
      if (isFree) go();
      else stay.push(waiting);
    }
    this.#waiting = stay;
  }
}
