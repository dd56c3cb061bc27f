import {setTimeout as sleep} from 'node:timers/promises';
import type {ChaosLab} from './chaos-lab.js';
import type {Client} from './client.js';
import {volumeScript} from './host-scripts.js';

/** What the volume holds, and what is wrong with it. */
interface Volume {
  /** The last line that is there. */
  readonly lines: number;
  readonly wrong: readonly string[];
}

/**
 * Every number that was acknowledged is in redis' log, and no other; and the lines of the shell, which counts in memory, are all
 * there, in order, once. The client has to be paused.
 */
export async function checkVolume(
  lab: ChaosLab,
  host: string,
  client: Client,
  linesBefore: number,
): Promise<Volume> {
  await sleep(150);
  const said = Number(await client.ask('GET', 'count'));
  const told = (await lab.shell(host, volumeScript)).split('\n');
  const lines = Number(told.find((line) => line.startsWith('lines '))?.slice(6));
  const counted = Number(told.find((line) => line.startsWith('counted '))?.slice(8));
  const wrong = told.filter((line) => line.startsWith('line '));
  if (counted !== said) wrong.push(`redis' log has ${counted} counts, and redis says ${said}`);
  if (said < client.acked) wrong.push(`${client.acked} was acknowledged, and redis says ${said}`);
  if (lines < linesBefore) wrong.push(`there were ${linesBefore} lines, and there are ${lines}`);
  return {lines: Number.isNaN(lines) ? linesBefore : lines, wrong};
}

/** Redis makes it up when it starts: the same means that its memory is. */
export async function redisId(client: Client): Promise<string> {
  return /run_id:(\w+)/.exec(await client.ask('INFO', 'server'))?.[1] ?? '';
}
