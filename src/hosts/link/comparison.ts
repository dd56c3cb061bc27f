import type {Problem} from '../../base/problem.js';
import {type Result, err, ok} from '../../base/result.js';
import type {Output, Transport} from '../transport.js';
import {compareArguments, linkedNames, onlyTimes, readCompared, readLinked} from './compare.js';
import type {Compared, CompareOptions, Receivers} from './link.js';
import {compareProblem, type Ends} from './problems.js';

/** Both ends of a link, and the folder of each. */
interface Sides {
  readonly from: Transport;
  readonly to: Transport;
  readonly receivers: Receivers;
  readonly source: string;
  readonly receiver: string;
}

/** Runs rsync with these options; the source's differences and totals are in `stdout`. */
type Ask = (words: readonly string[]) => Promise<Result<Output, Problem>>;

const endsOf = ({from, to}: Sides): Ends => ({source: from.host, target: to.host});

async function look(
  sides: Sides,
  {content = false, folderTimes}: CompareOptions,
  wholeSeconds: boolean,
  ask: Ask,
): Promise<Result<Compared, Problem>> {
  const ran = await ask(compareArguments(content, wholeSeconds));
  if (!ran.ok) return ran;
  const {code, stdout, stderr} = ran.value;
  const compared = code === 0 ? readCompared(stdout, folderTimes) : undefined;
  if (compared) return ok(compared);
  return err(compareProblem(endsOf(sides), sides.source, code, stderr));
}

async function linkedOn(
  transport: Transport,
  folder: string,
  sides: Sides,
  signal: AbortSignal | undefined,
): Promise<Result<string, Problem>> {
  const ran = await transport.run(linkedNames(folder), signal && {signal});
  if (!ran.ok) return ran;
  const {code, stdout, stderr} = ran.value;
  return code === 0 ? ok(stdout) : err(compareProblem(endsOf(sides), sides.source, code, stderr));
}

async function compareLinks(
  sides: Sides,
  {signal}: CompareOptions,
): Promise<Result<Compared['differences'], Problem>> {
  const {from, to, receivers, source, receiver} = sides;
  const landing = receivers[receiver];
  if (landing?.kind !== 'folder') throw new RangeError(`"${receiver}" is not a folder`);
  const [own, theirs] = await Promise.all([
    linkedOn(from, source, sides, signal),
    linkedOn(to, landing.path, sides, signal),
  ]);
  if (!own.ok) return own;
  return theirs.ok ? ok(readLinked(own.value, theirs.value)) : theirs;
}

/**
 * Both hosts look at their folder at the same time. Where nothing but times differs, a file system that keeps whole seconds may
 * be the reason, so those are compared then.
 */
export async function comparison(
  sides: Sides,
  options: CompareOptions,
  ask: Ask,
): Promise<Result<Compared, Problem>> {
  const [first, links] = await Promise.all([
    look(sides, options, false, ask),
    compareLinks(sides, options),
  ]);
  if (!first.ok) return first;
  if (!links.ok) return links;
  const again = onlyTimes(first.value) ? await look(sides, options, true, ask) : undefined;
  if (again && !again.ok) return again;
  const compared = again?.value.differing === 0 ? again.value : first.value;
  return ok({
    ...compared,
    ...(compared !== first.value && {wholeSeconds: true as const}),
    differing: compared.differing + links.value.length,
    differences: [...compared.differences, ...links.value],
  });
}
