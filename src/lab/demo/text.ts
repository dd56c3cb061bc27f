import type {RunFigures} from './figures.js';
import {type Lab, sshConfigOf} from '../lab-state.js';
import type {Counted} from './redis-client.js';

const ms = (value: number): string => `${Math.round(value).toLocaleString('en')} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;

/** What the client went through, in its own words. */
export function clientSaw(counted: Counted): readonly string[] {
  const {asked, replies, wrong, longestGapMs, gapAt} = counted;
  const lost = asked - replies;
  const at = new Date(gapAt).toISOString().slice(11, 23);
  return [
    `one TCP connection from beginning to end: ${asked.toLocaleString('en')} requests, ${replies.toLocaleString('en')} replies, ${lost === 0 ? 'none' : lost} lost, ${wrong === 0 ? 'none' : wrong} wrong`,
    `the longest it waited for a reply: ${ms(longestGapMs)}, from ${at} UTC on`,
  ];
}

/** What the run's report adds to it; nothing where there is none. */
export function reportSays(figures: RunFigures | undefined): readonly string[] {
  if (figures === undefined) return [];
  const {downtimeMs, frozenMs, restoreMs, file} = figures;
  const criu = [
    ...(frozenMs === undefined ? [] : [`${ms(frozenMs)} to dump the frozen processes`]),
    ...(restoreMs === undefined ? [] : [`${ms(restoreMs)} to restore them`]),
  ];
  return [
    ...(downtimeMs === undefined ? [] : [`cm counted ${ms(downtimeMs)} of downtime`]),
    ...(criu.length === 0
      ? []
      : [`CRIU's own share: ${criu.join(' and ')}; the rest is podman and the way`]),
    `all of it: ${file}`,
  ];
}

/** What to do with it now. */
export const farewell = (lab: Lab, called: string, planFile: string): readonly string[] => [
  `export CM_SSH_CONFIG=${sshConfigOf(lab)}`,
  `write "on: alpha" into ${planFile}, and see how it would go back:`,
  `  ${called} plan ${planFile} --explain`,
  'pull a cable while it moves, and apply again when it is back:',
  `  ${called} lab link --lab ${lab.name} beta down`,
  `look around on a host: ${called} lab ssh --lab ${lab.name} beta`,
  'remove all of it: npm run demo -- --down',
];
