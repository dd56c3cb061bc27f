import {type Command, shown} from '../../base/command.js';
import {DELETES_MUCH, LEADS_ELSEWHERE, OTHER_FOLDER} from '../../base/folder-copy.js';
import type {Problem} from '../../base/problem.js';
import type {HostName} from '../../plan/plan.js';
import {lastLines} from '../host-problems.js';
import type {Output} from '../transport.js';

/** The two ends of a link, by name. */
export interface Ends {
  readonly source: HostName;
  readonly target: HostName;
}

const problem = (
  host: HostName,
  code: string,
  message: string,
  remedy: string,
  log: string,
): Problem => ({kind: 'step', code, message, remedy, host, log: lastLines(log)});

export const notPrepared = (host: HostName, {code, stderr}: Output): Problem =>
  problem(
    host,
    'link-not-prepared',
    `host "${host}" could not be prepared for a transfer (status ${code})`,
    'see what its programs said',
    stderr,
  );

export const notOpened = ({source, target}: Ends, at: string, {stderr}: Output): Problem =>
  problem(
    source,
    'link-not-opened',
    `host "${source}" cannot reach host "${target}" (${at}) over ssh`,
    'open that way between the hosts, give the target a peerAddress, or say transfer: relay in the plan',
    stderr,
  );

export const programMissing = (host: HostName, program: 'rsync' | 'pv', what: string): Problem =>
  problem(
    host,
    program === 'pv' ? 'bandwidth-needs-pv' : 'sync-needs-rsync',
    `${what} needs the program "${program}" on host "${host}"`,
    `install ${program} there`,
    '',
  );

/** How both sides of a stream ended. */
export interface Outcome {
  readonly producer: {readonly code: number; readonly stderr: string};
  readonly receiver: {readonly code: number; readonly stderr: string; readonly name: string};
  readonly receiverFirst: boolean;
}

const SSH_FAILED = 255;

/** The status of a program that was sent more than it may take. */
export const TOO_MUCH = 79;

/** The failure that came first, or nothing when both sides ended well. */
export function streamProblem(ends: Ends, command: Command, outcome: Outcome): Problem | undefined {
  const {producer, receiver, receiverFirst} = outcome;
  if (producer.code === 0 && receiver.code === 0) return undefined;
  if (producer.code !== 0 && !receiverFirst)
    return {
      ...problem(
        ends.source,
        'producer-failed',
        `"${shown(command)}" on host "${ends.source}" failed with status ${producer.code}`,
        'see what it said',
        producer.stderr,
      ),
      command: shown(command),
    };
  if (receiver.code === SSH_FAILED)
    return problem(
      ends.source,
      'link-lost',
      `the connection from host "${ends.source}" to host "${ends.target}" broke`,
      'see that both hosts are up, then run the same command again',
      receiver.stderr,
    );
  if (receiver.code === TOO_MUCH)
    return problem(
      ends.target,
      'more-than-expected',
      `host "${ends.source}" sent more to receiver "${receiver.name}" on host "${ends.target}" than it may take`,
      'apply again, which measures anew; if it happens again, see what the source sends',
      receiver.stderr,
    );
  const how =
    receiver.code === 0
      ? 'ended before it had taken the whole stream'
      : `failed with status ${receiver.code}`;
  return problem(
    ends.target,
    'receiver-failed',
    `receiver "${receiver.name}" on host "${ends.target}" ${how}`,
    'see what it said',
    receiver.stderr,
  );
}

/** What a folder may not have become between its first pass and its last. */
const lost = new Map([
  [OTHER_FOLDER, 'is not the one that was copied while the container ran'],
  [DELETES_MUCH, 'has lost most of the files that were copied while the container ran'],
]);

export function syncProblem(
  {source, target}: Ends,
  from: string,
  status: number,
  log: string,
): Problem {
  if (status === LEADS_ELSEWHERE)
    return problem(
      source,
      'sync-moved',
      `folder "${from}" of host "${source}" is behind a symbolic link that was not there when the plan was made, so it was not copied`,
      'see who put the link there; once the folder is where it was, apply again',
      log,
    );
  const what = lost.get(status);
  if (what !== undefined)
    return problem(
      source,
      'sync-deletes',
      `folder "${from}" of host "${source}" ${what}, so nothing was deleted on host "${target}"`,
      'see what the folder holds while the container is stopped; once it is stopped and the folder is right, apply again',
      log,
    );
  return problem(
    source,
    'sync-failed',
    `folder "${from}" of host "${source}" could not be copied to host "${target}" (rsync status ${status})`,
    'see what rsync said',
    log,
  );
}

export const compareProblem = (
  {source, target}: Ends,
  from: string,
  status: number,
  log: string,
): Problem =>
  status === LEADS_ELSEWHERE
    ? syncProblem({source, target}, from, status, log)
    : problem(
        source,
        'compare-failed',
        `folder "${from}" of host "${source}" could not be compared with its copy on host "${target}" (status ${status})`,
        'see what rsync said',
        log,
      );

export const notSealed = (host: HostName, {stderr}: Output): Problem =>
  problem(
    host,
    'link-not-sealed',
    `host "${host}" still receives data for this container, so the copy must not start`,
    `see which processes hold files in /run/cm open on "${host}", end them, and apply again`,
    stderr,
  );

/** A warning: something was left behind, harmless after its expiry. */
export const notClosed = (host: HostName, what: string, why: string): Problem =>
  problem(host, 'link-not-closed', `${what} could not be removed from host "${host}"`, why, '');
