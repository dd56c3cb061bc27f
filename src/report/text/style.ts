import {styleText} from 'node:util';
import type {Action} from '../../planner/change.js';
import {safeText} from '../safe-text.js';

/** What a stream can show. */
export interface Ability {
  readonly color: boolean;
  /** Its reader shows more than ASCII. */
  readonly unicode: boolean;
}

export type Ink = 'green' | 'yellow' | 'red' | 'cyan' | 'bold' | 'dim';

/** One sign for each thing that is told at a glance; never colour alone. */
export interface Signs {
  readonly move: string;
  readonly start: string;
  readonly stop: string;
  readonly park: string;
  readonly settled: string;
  readonly recover: string;
  readonly problem: string;
  readonly arrow: string;
  readonly serves: string;
  readonly down: string;
  readonly commit: string;
  readonly done: string;
  readonly failed: string;
  readonly skipped: string;
  readonly undone: string;
  readonly warning: string;
  readonly dash: string;
}

export interface Style {
  readonly signs: Signs;
  /** Makes the text fit for a terminal, and colours it where that can be shown. */
  readonly paint: (ink: Ink, text: string) => string;
}

const unicodeSigns: Signs = {
  move: '→',
  start: '▶',
  stop: '■',
  park: '❚',
  settled: '=',
  recover: '↺',
  problem: '!',
  arrow: '→',
  serves: '│',
  down: '▼',
  commit: '◆',
  done: '✓',
  failed: '✗',
  skipped: '-',
  undone: '↩',
  warning: '!',
  dash: '—',
};

const asciiSigns: Signs = {
  move: '>',
  start: '^',
  stop: '.',
  park: '~',
  settled: '=',
  recover: '@',
  problem: '!',
  arrow: '->',
  serves: '|',
  down: 'v',
  commit: '#',
  done: '+',
  failed: 'x',
  skipped: '-',
  undone: '<',
  warning: '!',
  dash: '-',
};

const signNames = {
  none: 'settled',
  move: 'move',
  finish: 'recover',
  undo: 'recover',
  start: 'start',
  stop: 'stop',
  park: 'park',
  unpark: 'start',
  keep: 'move',
  restore: 'move',
  refused: 'problem',
} as const satisfies Readonly<Record<Action, keyof Signs>>;

/** The sign of what is done about a container. */
export const actionSign = (action: Action, signs: Signs): string => signs[signNames[action]];

export const createStyle = ({color, unicode}: Ability): Style => ({
  signs: unicode ? unicodeSigns : asciiSigns,
  paint: (ink, text) => {
    const safe = safeText(text);
    return color && safe !== '' ? styleText(ink, safe, {validateStream: false}) : safe;
  },
});
