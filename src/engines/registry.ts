import {crun, runc} from './bundle/engine.js';
import {conversion} from './conversion.js';
import {docker} from './docker/docker.js';
import type {Engine, Engines} from './engine.js';
import {podman} from './podman/podman.js';

/** Every engine that `cm` drives. A new one is one line here. */
const drivers: readonly Engine[] = [podman, docker, runc, crun];

/** For lookups; `all` without two of one name. */
export function enginesOf(all: readonly Engine[]): Engines {
  const byName = new Map(all.map((engine) => [engine.name, engine]));
  const get = (name: string): Engine | undefined => byName.get(name);
  return {
    all,
    get,
    between: (source, target) => {
      const [from, to] = [get(source), get(target)];
      if (!from || !to) return undefined;
      return from === to ? from : conversion(from, to);
    },
  };
}

export const engines = enginesOf(drivers);
