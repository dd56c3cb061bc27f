import {command, script, type Command} from '../../base/command.js';
import type {HostOps, Question} from '../../engines/engine.js';
import {hookParts} from './hooks.js';
import {placesQuestion} from '../claims/host-paths.js';
import {type Making, type Part, memoryOf} from './making.js';
import type {Judge} from './step.js';

/** A judge that turns an engine's `no` into a problem with its host. */
export const judging =
  (
    {container}: Making,
    host: string,
    code: string,
    read: (stdout: string) => {ok: true; value: string} | {ok: false; error: string},
    remedy?: string,
  ): Judge =>
  (stdout) => {
    const answer = read(stdout);
    if (answer.ok) return answer;
    const problem = {kind: 'step', code, message: answer.error, host, container: container.name};
    return {ok: false, error: {...problem, kind: 'step', ...(remedy !== undefined && {remedy})}};
  };

/** A look at the target that ends the move where the answer is no. */
const asking = (
  making: Making,
  {command: asked, read}: Question,
  code: string,
  part: Pick<Part, 'name' | 'title' | 'because'>,
): Part => ({
  ...part,
  host: making.to,
  act: {
    kind: 'run',
    host: making.to,
    command: asked,
    reads: true,
    judge: judging(making, making.to, code, read),
  },
});

/** Comes after the way is sealed, and before anything of what has arrived is obeyed. */
export function sealedParts(making: Making, how: 'restored' | 'started'): readonly Part[] {
  const asked = making.moves.target.sealed?.(how);
  const placed = placeParts(making, 'places');
  if (!asked) return placed;
  return [
    asking(making, asked, 'config-differs', {
      name: 'planned',
      title: `check that what arrived on ${making.to} matches the plan`,
      because: 'what another host sent decides what runs here as root',
    }),
    ...placed.map((part): Part => ({...part, beside: true})),
  ];
}

/** Engines follow links when they make a container and when they start it. */
export const placeParts = (making: Making, name: string): readonly Part[] =>
  making.places.length === 0
    ? []
    : [
        asking(making, placesQuestion(making.places), 'place-differs', {
          name,
          title: `check where its folders lead on ${making.to}`,
          because:
            'a link that was set up since the plan was made could lead to the files of the host',
        }),
      ];

/** After a restore on another host; a copy that is made anew was compared then. */
export function sameParts(making: Making): readonly Part[] {
  const {same} = memoryOf(making);
  if (!same) return [];
  return [
    asking(making, same, 'config-differs', {
      name: 'same',
      title: `compare its configuration on ${making.to}`,
      because: 'a setting that was lost, or added, must be found before the commit',
    }),
  ];
}

/** It runs, it answers, it is the same: only then is the move committed. */
export const prove = (making: Making, how: 'restored' | 'started'): readonly Part[] => [
  ...proof(making, how),
  ...answered(making),
];

/** It answers, before and after clients are told where it is. */
export const answered = (making: Making): readonly Part[] => [
  ...hookParts(making, 'afterRestore'),
  ...checked(making),
  ...hookParts(making, 'redirect'),
];

/** It runs, and is what it should be. */
export const proof = (making: Making, how: 'restored' | 'started'): readonly Part[] => [
  {
    ...asking(making, making.moves.target.runs(how), 'not-running', {
      name: 'running',
      title: `check that it runs on ${making.to}`,
      because:
        how === 'restored'
          ? 'an engine may start it fresh without a word: its memory would be lost'
          : 'started is not yet running',
    }),
    downtime: true,
  },
];

/** What the plan says how to see that it answers, asked on the host that these operations are for. */
function checksOn(making: Making, host: HostOps): readonly Command[] {
  const {verify} = making.container;
  if (!verify) return [];
  return [
    ...(verify.tcp === undefined ? [] : [host.reach(verify.tcp)]),
    ...(verify.http === undefined ? [] : [fetchUrl(verify.http, making, host)]),
    ...(verify.exec === undefined ? [] : [host.exec(verify.exec)]),
  ];
}

/** It answers, where the plan says how to see that. */
export function checked(making: Making): readonly Part[] {
  const {to, container, moves} = making;
  const checks = checksOn(making, moves.target);
  if (!container.verify || checks.length === 0) return [];
  return [
    {
      name: 'verify',
      title: `verify on ${to}`,
      host: to,
      because: `the plan says how to see that it serves (${container.at})`,
      act: {kind: 'verify', host: to, verify: container.verify, checks},
    },
  ];
}

/** It serves already, so it needs no time to start. */
const SERVING_MS = 5000;

/**
 * The same where it serves now, before its downtime: what does not answer there would be taken back after it. A warning,
 * since a URL may be one that only the target reaches, and a container may be moved because it does not answer.
 */
export function servingParts(making: Making): readonly Part[] {
  const {from, container, moves, observed} = making;
  const checks = observed.state === 'running' ? checksOn(making, moves.source) : [];
  if (!container.verify || checks.length === 0) return [];
  const withinMs = Math.min(container.verify.withinMs, SERVING_MS);
  return [
    {
      name: 'verify-before',
      title: `verify on ${from}, where it serves now`,
      host: from,
      because: 'what does not answer there would be taken back after its downtime',
      act: {kind: 'verify', host: from, verify: {...container.verify, withinMs}, checks},
      tolerant: true,
    },
  ];
}

const fetchUrl = (url: string, making: Making, host: HostOps): Command =>
  url.includes(ADDRESS) ? fetchInside(url, making, host) : fetchFrom(url);

const ADDRESS = '{address}';

const curl = ['curl', '-fsS', '-o', '/dev/null', '--max-time', '5', '--config', '-'] as const;

/** The address may hold a password, and every user of the host reads what stands on a command line. */
const configOf = (url: string): string => `url = "${url.replaceAll(/["\\]/g, String.raw`\$&`)}"\n`;

const fetchFrom = (url: string): Command => ({
  ...command(...curl),
  stdin: configOf(url),
  title: `curl ${url}`,
  timeoutMs: 10_000,
});

/** The container may have another address than before, and is there at this one in any case. */
const ITSELF = '127.0.0.1';

/** In the container's own network: a host cannot reach its own macvlan containers. */
function fetchInside(url: string, {observed}: Making, host: HostOps): Command {
  const address = observed.addresses.find(({ip}) => ip !== undefined)?.ip ?? ITSELF;
  const text = `config=$(cat)
for address; do
  if printf '%s%s%s\\n' "\${config%%"${ADDRESS}"*}" "$address" "\${config#*"${ADDRESS}"}" | ${curl.join(' ')}; then exit 0; fi
done
exit 1`;
  const title = `curl ${url.replaceAll(ADDRESS, address)}`;
  const asked = script(title, text, ...new Set([address, ITSELF]));
  return host.inside({...asked, stdin: configOf(url), timeoutMs: 15_000});
}
