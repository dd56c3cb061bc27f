import type {Verb} from '../command-line/verb.js';
import {apply} from './apply/verb.js';
import {checkpoint} from './checkpoint/verb.js';
import {completion, names, runs} from './completion/verb.js';
import {diagnose} from './diagnose/verb.js';
import {doctor} from './doctor/verb.js';
import {graph} from './graph/verb.js';
import {history} from './history/verb.js';
import {importVerb} from './import/verb.js';
import {lab} from './lab/verb.js';
import {move} from './move/verb.js';
import {plan} from './plan/verb.js';
import {restore} from './restore/verb.js';
import {resume} from './resume/verb.js';
import {rollback} from './rollback/verb.js';
import {status} from './status/verb.js';
import {support} from './support/verb.js';
import {unlock} from './unlock/verb.js';
import {validate} from './validate/verb.js';
import {watch} from './watch/verb.js';

/** Every verb, in the order of the help. A new verb is a folder beside this file and a line here. */
export const verbs: readonly Verb[] = [
  validate,
  plan,
  apply,
  watch,
  status,
  graph,
  importVerb,
  move,
  resume,
  rollback,
  restore,
  checkpoint,
  doctor,
  history,
  diagnose,
  support,
  unlock,
  lab,
  completion,
  names,
  runs,
];
