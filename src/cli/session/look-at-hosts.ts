import {resolve} from 'node:path';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import type {Host, Plan} from '../../plan/plan.js';
import type {Context} from './context.js';
import {findHosts} from './find-hosts.js';
import {sayThatItLooks} from './look-at-all.js';
import {rosterOf, type HostRoster} from './roster.js';

interface HostWords {
  readonly words: readonly string[];
  /** For hosts that are given by their addresses. */
  readonly sshConfig?: string;
}

const noEngine = (host: string): Problem => ({
  kind: 'preflight',
  code: 'no-engine',
  host,
  message: `"${host}" has no engine that cm knows`,
  remedy: 'install podman or docker there, or name the engine in a plan',
});

function whyUnknown({host, views, silent}: HostRoster): readonly Problem[] {
  if (views.length > 0) return [];
  return silent.length > 0 ? silent : [noEngine(host.name)];
}

interface LookedAt {
  readonly rosters: readonly HostRoster[];
  /** The plans that the hosts were named by. */
  readonly plans: readonly Plan[];
}

/** The hosts that are meant, and everything that is on them. Fails when one of them cannot be looked at. */
export async function lookAtHosts(
  context: Context,
  {words, sshConfig}: HostWords,
): Promise<Result<LookedAt, readonly Problem[]>> {
  const named = await findHosts(context, words, []);
  if (!named.ok) return named;
  const config = sshConfig === undefined ? undefined : resolve(context.machine.cwd, sshConfig);
  const hosts = named.value.hosts.map((host): Host =>
    config === undefined || Object.keys(host.ssh).length > 0 ? host : {...host, ssh: {config}},
  );
  const plan = {name: words.join(' '), hosts: new Map(hosts.map((host) => [host.name, host]))};
  const {openWorld} = await import('./world.js');
  const world = await openWorld(context, plan);
  const patience = sayThatItLooks(context, plan);
  try {
    const rosters = await Promise.all(hosts.map((host) => rosterOf(world.looking, host)));
    const problems = rosters.flatMap(whyUnknown);
    if (problems.length > 0) return err(problems);
    // Beside an engine that answers, one that does not may well be switched off.
    context.printer.problems(
      rosters.flatMap(({silent}) => silent),
      'warning',
    );
    return ok({rosters, plans: named.value.plans});
  } finally {
    patience.end();
    await world.close();
  }
}
