import {line} from '../../base/host-words.js';
import {parseJson} from '../../base/parse-json.js';
import type {LeaseRecord} from './observed.js';
import {decodeName} from './host-files.js';
import {readRunnerProcess, type ProcessTable} from './runner-process.js';
import {isObject} from '../shape.js';

/** Seconds without a heartbeat after which a lease may be taken over. */
export const LEASE_EXPIRY_SECONDS = 60;

/** What a lease file says; its age is the file's. */
export type LeaseText = Omit<LeaseRecord, 'ageSeconds' | 'expired' | 'orphaned'>;

/** One line. The run stands first, since the scripts on the hosts compare the beginning of the line. */
export const leaseLine = ({run, name, owner, process, plan, commit, since}: LeaseText): string =>
  JSON.stringify({
    run,
    name,
    owner,
    ...(process && {process}),
    plan,
    ...(commit !== undefined && {commit}),
    since,
  });

const textOf = (value: unknown): string =>
  typeof value === 'string' && line.fits(value) ? value : '?';

function fields(text: string): Readonly<Record<string, unknown>> {
  const parsed = parseJson(text);
  return parsed.ok && isObject(parsed.value) ? parsed.value : {};
}

/**
 * Reads a lease file. One that cannot be read still is a lease, of somebody unknown: it must keep
 * others out until it has expired.
 */
export function readLease(encoded: string, text: string, seconds: number): LeaseRecord {
  // Of one that cannot be told it is not known that it has expired.
  const ageSeconds = Number.isFinite(seconds) ? seconds : 0;
  const {run, owner, plan, commit, since, ...rest} = fields(text);
  const process = readRunnerProcess(rest['process']);
  return {
    name: decodeName(encoded),
    run: textOf(run),
    owner: textOf(owner),
    ...(process && {process}),
    plan: textOf(plan),
    ...(typeof commit === 'string' && line.fits(commit) && {commit}),
    since: textOf(since),
    ageSeconds,
    expired: Math.abs(ageSeconds) > LEASE_EXPIRY_SECONDS,
  };
}

/** A lease whose process has ended on this very machine is kept by nobody: it need not get old first. */
export const judgeOwner = (lease: LeaseRecord, hasEnded?: ProcessTable['hasEnded']): LeaseRecord =>
  lease.process && hasEnded?.(lease.process) === true
    ? {...lease, expired: true, orphaned: true}
    : lease;
