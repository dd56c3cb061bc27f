import {movesMemory} from '../../base/strategy.js';
import type {Command} from '../../base/command.js';
import {writeArrived} from '../../state/host/left-behind.js';
import {cleanUp, settle, sweep} from '../steps/commit.js';
import {ownerOf, putBack, restarts, type Making, type Part, resumeOf} from '../steps/making.js';
import {claim} from '../steps/parts.js';
import {judging, prove} from '../steps/prove.js';
import {isUpState} from '../situation/wanted.js';

/** An interrupted move that is on its target: proven there, committed, and the source retired. */
export function finishParts(making: Making, fingerprint: string): readonly Part[] {
  const {state, restored} = making.observed;
  const runs = isUpState(state);
  // one that was started fresh is finished only when nothing better is left
  const how = !movesMemory[making.strategy] || !restored ? 'started' : 'restored';
  const parts = [
    ...claim(making, fingerprint),
    ...(runs ? prove(making, how) : []),
    ...settle(making),
    ...sweep(making).map((part): Part => ({...part, tolerant: true})),
    ...cleanUp(making, false),
  ];
  return parts.map(forward);
}

/** What a run left that died when all but its tidying up was done: nothing happens to the container. */
export const tidyParts = (making: Making, fingerprint: string): readonly Part[] => [
  ...claim(making, fingerprint),
  ...sweep(making),
  ...cleanUp(making, false),
];

/** It is past the point where it could be undone, and it serves. */
const forward = ({name, title, host, because, act, commits, tolerant, always}: Part): Part => ({
  name,
  title,
  host,
  because,
  act,
  ...(commits && {commits}),
  ...(tolerant && {tolerant}),
  ...(always && {always}),
});

const run = (name: string, host: string, title: string, command: Command): Part => ({
  name,
  title,
  host,
  because: 'the move was interrupted before its commit point',
  act: {kind: 'run', host, command},
});

/** One that is not to run may at least be started again. */
function againParts(making: Making): readonly Part[] {
  const {from, moves, container, strategy, before} = making;
  const {source, hold} = moves;
  const stays = container.state === 'stopped' || (before && container.state === undefined);
  if (!movesMemory[strategy] && stays)
    return hold ? [run('free', from, `let it be started on ${from}`, hold.off)] : [];
  const asked = source.runs('started');
  const judge = judging(making, from, 'not-running', asked.read);
  return [
    run(
      'resume',
      from,
      `run it on ${from} again`,
      !movesMemory[strategy] ? source.start : resumeOf(making),
    ),
    {
      name: 'running',
      title: `check that it runs on ${from}`,
      host: from,
      because: 'only then is the move undone',
      act: {kind: 'run', host: from, command: asked.command, reads: true, judge},
    },
  ];
}

/** What a dead run has left on the target. */
interface Begun {
  readonly run: string;
  readonly onTarget: boolean;
  /** The record there is of that run. */
  readonly isDeclared: boolean;
}

/**
 * An interrupted move that is not on its target: whatever it left there is removed first, so that
 * never two of them run; then it runs on the source again, with its memory if it has been frozen, unless
 * the plan wants it stopped.
 */
export function undoParts(making: Making, fingerprint: string, begun: Begun): readonly Part[] {
  const {from, to, moves, before} = making;
  return [
    ...claim(making, fingerprint),
    ...(begun.onTarget
      ? [run('discard', to, `remove what was begun on ${to}`, moves.target.remove)]
      : []),
    ...(making.folders.length > 0
      ? [
          run(
            'list-arrived',
            to,
            `list the files that were copied to ${to}`,
            writeArrived(ownerOf(making), begun.run),
          ),
        ]
      : []),
    ...(begun.isDeclared
      ? [run('forget-target', to, `record on ${to} that it is not arriving`, putBack(making, 'to'))]
      : []),
    ...againParts(making),
    ...(restarts(making) && !before
      ? [run('autostart-on', from, `restart policy on ${from}`, moves.source.autostart(true))]
      : []),
    run('forget-source', from, `remove the record on ${from}`, putBack(making, 'from')),
    ...sweep(making),
    ...cleanUp(making, false),
  ];
}
