import {isAbsolute, normalize} from 'node:path';
import type {Problem} from '../../base/problem.js';
import type {Plan} from '../../plan/plan.js';
import type {Globals} from '../command-line/options.js';
import type {Machine} from './machine.js';

type Env = Machine['env'];

const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== 'false' && value !== '0';

/** Variables by which CI systems tell that a job is a pull request's, and the values that say so. */
const PULL_REQUEST: readonly (readonly [string, (value: string) => boolean])[] = [
  // GitHub, Gitea, Forgejo; pull_request_target and pull_request_review, too.
  ['GITHUB_EVENT_NAME', (value) => value.startsWith('pull_request')],
  ['CI_MERGE_REQUEST_IID', isSet],
  ['CI_EXTERNAL_PULL_REQUEST_IID', isSet],
  ['CI_PIPELINE_EVENT', (value) => value.startsWith('pull_request')],
  ['DRONE_PULL_REQUEST', isSet],
  ['BITBUCKET_PR_ID', isSet],
  ['BUILDKITE_PULL_REQUEST', isSet],
  ['CIRCLE_PULL_REQUEST', isSet],
  ['TRAVIS_PULL_REQUEST', isSet],
  ['SYSTEM_PULLREQUEST_PULLREQUESTID', isSet],
  ['CHANGE_ID', isSet],
];

/** Why the plans are not trusted; undefined when they are. */
export function whyUntrusted(globals: Globals, env: Env): string | undefined {
  if (globals.untrusted === true) return '--untrusted is set';
  if (globals.untrusted === false) return undefined;
  const found = PULL_REQUEST.find(([name, says]) => says(env[name] ?? ''));
  return found && `${found[0]} says that this job is a pull request's`;
}

interface Asked {
  /** The verb and its sub-verb. */
  readonly words: readonly string[];
  /** It carries out plans. */
  readonly carriesOut?: true;
}

/** Plans that nobody has reviewed are looked at, and never carried out. */
export function refuseUntrusted({words, carriesOut}: Asked, why: string): Problem | undefined {
  if (!carriesOut) return undefined;
  return {
    kind: 'declined',
    code: 'untrusted',
    message: `cm ${words.join(' ')} does not carry out plans that are not trusted: ${why}`,
    remedy: 'when everything in the plans was reviewed, use --no-untrusted or set CM_UNTRUSTED=0',
  };
}

/**
 * Without folders from which a repository would choose what runs: relative ones, and with `cwd` those below
 * the current folder, such as the `node_modules/.bin` that npm puts first.
 */
export function safePath(path: string | undefined, cwd?: string): string {
  const isOurs = (folder: string): boolean =>
    isAbsolute(folder) && (cwd === undefined || !`${normalize(folder)}/`.startsWith(`${cwd}/`));
  return (path ?? '').split(':').filter(isOurs).join(':');
}

/** The machine as it may be used to look at plans that are not trusted. */
export const guardMachine = (machine: Machine): Machine => ({
  ...machine,
  env: {...machine.env, PATH: safePath(machine.env['PATH'], machine.cwd)},
});

/** Of the environment only what was made for plans. */
export const variablesForPlans = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('CM_VAR_')));

/** Says what a variable must be called. */
export const withVariableRemedy = (problem: Problem): Problem =>
  problem.code === 'unset-variable'
    ? {
        ...problem,
        remedy: 'plans that are not trusted get variables named CM_VAR_… only; or give a default',
      }
    : problem;

/** A plan without the ssh settings that name files and, through them, programs. */
export function withoutSsh(plan: Plan): {
  readonly plan: Plan;
  readonly warnings: readonly Problem[];
} {
  const named = [...plan.hosts.values()].filter(({ssh}) => Object.keys(ssh).length > 0);
  if (named.length === 0) return {plan, warnings: []};
  const hosts = new Map([...plan.hosts].map(([name, host]) => [name, {...host, ssh: {}}]));
  const names = named.map(({name}) => `"${name}"`).join(', ');
  const warning: Problem = {
    kind: 'plan',
    code: 'ssh-ignored',
    message: `the ssh settings of ${names} are ignored, because plan "${plan.name}" is not trusted`,
  };
  return {plan: {...plan, hosts}, warnings: [warning]};
}
