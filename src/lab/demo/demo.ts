import {setTimeout as sleep} from 'node:timers/promises';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {changesSince, type Standing, standings, toldShort} from './facts.js';
import {readFigures} from './figures.js';
import {both, container, type Filled, from, raiseHosts, raiseRedis, to} from './raise.js';
import {checkFill, redisAddress} from './demo-redis.js';
import {demoProblem} from './shell.js';
import {clientSaw, farewell, reportSays} from './text.js';
import {down} from '../lab.js';
import {type Lab, sshConfigOf} from '../lab-state.js';
import {checkMachine, type LabPlace, type Say} from '../place.js';
import {type Counted, CountingClient} from './redis-client.js';

const labName = 'demo';
const beforeMs = 1000;
const afterMs = 2500;

export interface DemoOptions {
  readonly place: LabPlace;
  readonly say: Say;
  /** Runs `cm` itself with these words, its streams those of this process; its exit code. */
  readonly runCm: (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) => Promise<number>;
  /** How a person calls `cm` here. */
  readonly called: string;
  /** The plan that says that redis belongs on beta. */
  readonly planFile: string;
  /** Where `cm` keeps the reports of its runs. */
  readonly runsFolder: string;
}

/**
 * Moves a redis from host to host under a client's eyes, and then does nothing. All of it is real: two podmans, CRIU,
 * ssh, a TCP connection. What fails ends it, and everything is left as it is then.
 */
export async function demo(options: DemoOptions): Promise<Result<void, Problem>> {
  const {place, say} = options;
  const checked = checkMachine(place);
  if (!checked.ok) return checked;
  const into: Say = (line) => {
    say(`   ${line}`);
  };
  say(`1. two hosts on this machine, ${from} and ${to}`);
  const lab = await raiseHosts(place, labName, into);
  if (!lab.ok) return lab;
  say(`2. a redis in a container on ${from}`);
  const filled = await raiseRedis(lab.value, into);
  if (!filled.ok) return filled;
  const ended = await inTwoActs({...options, say: into}, lab.value, filled.value, say);
  filled.value.redis.close();
  if (!ended.ok) return ended;
  say('next');
  for (const line of farewell(lab.value, options.called, options.planFile)) into(line);
  return ok(undefined);
}

/** Stops the demo's hosts and removes all of them; what was removed. */
export const demoDown = (place: LabPlace): Promise<Result<readonly string[], Problem>> =>
  down(place, labName);

async function inTwoActs(
  options: DemoOptions,
  lab: Lab,
  filled: Filled,
  title: Say,
): Promise<Result<void, Problem>> {
  title('3. a client of it: one TCP connection, INCR every 5 ms, each reply checked');
  const client = await CountingClient.start(redisAddress(lab));
  if (!client.ok) return client;
  await sleep(beforeMs);
  title(`4. ${options.called} apply ${options.planFile} --yes, while the client goes on`);
  const began = Date.now();
  const applied = await apply(options, lab);
  await sleep(afterMs);
  const counted = await client.value.stop();
  if (!applied.ok) return err({...applied.error, log: clientSaw(counted)});
  title('5. what happened');
  const moved = await judge(options, lab, filled, counted, began);
  if (!moved.ok) return moved;
  title(`6. ${options.called} apply ${options.planFile} --yes, once more`);
  return again(options, lab, moved.value);
}

async function apply({runCm, planFile}: DemoOptions, lab: Lab): Promise<Result<void, Problem>> {
  const exit = await runCm(['apply', planFile, '--yes'], {CM_SSH_CONFIG: sshConfigOf(lab)});
  if (exit === 0) return ok(undefined);
  return err(
    demoProblem(`"cm apply" ended with exit code ${exit}`, {
      remedy: `the hosts are left as they are; look at them with: cm lab ssh --lab ${lab.name} ${from}`,
    }),
  );
}

async function judge(
  {say, runsFolder}: DemoOptions,
  lab: Lab,
  {redis, digest}: Filled,
  counted: Counted,
  began: number,
): Promise<Result<readonly Standing[], Problem>> {
  for (const line of clientSaw(counted)) say(line);
  for (const line of reportSays(await readFigures(runsFolder, began))) say(line);
  if (counted.failure !== undefined) return err(demoProblem(counted.failure));
  if (counted.wrong > 0 || counted.replies < counted.asked) {
    return err(demoProblem('the client did not get the replies it should have got'));
  }
  const whole = await checkFill(redis, digest);
  if (!whole.ok) return whole;
  say('the data in it are the same to the last byte (SHA-1 over all of them)');
  const places = await standings(lab, both, container);
  if (!places.ok) return places;
  say(`podman says: ${places.value.map(toldShort).join('; ')}`);
  const right = places.value.every(({host, runs}) => runs === (host === to));
  return right ? places : err(demoProblem(`"${container}" does not run on ${to} alone`));
}

/** Done is done: the second run may change nothing at all, and podman itself is asked whether it has. */
async function again(
  options: DemoOptions,
  lab: Lab,
  before: readonly Standing[],
): Promise<Result<void, Problem>> {
  const began = Date.now();
  const applied = await apply(options, lab);
  if (!applied.ok) return applied;
  const after = await standings(lab, both, container);
  if (!after.ok) return after;
  const changes = await changesSince(lab, both, began);
  if (!changes.ok) return changes;
  const same = after.value.every(({says}, i) => says === before[i]?.says);
  if (!same || changes.value.length > 0) {
    return err(demoProblem('the second run changed something', {log: changes.value}));
  }
  options.say(
    'nothing changed: the same container, started and restored when it was before, and no event in the podman of either host',
  );
  return ok(undefined);
}
