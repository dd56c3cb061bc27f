import type {Rule} from './rule.js';
import {engineRules} from './rules-engines.js';
import {fileRules} from './rules-files.js';
import {hostRules} from './rules-host.js';
import {imageRules} from './rules-images.js';
import {kernelRules} from './rules-kernel.js';
import {podmanRules} from './rules-podman.js';
import {reachRules} from './rules-reach.js';
import {socketRules} from './rules-sockets.js';

/** All that is known about errors, as data: a new fact is a new entry in one of these. */
export const rules: readonly Rule[] = [
  ...imageRules,
  ...socketRules,
  ...fileRules,
  ...kernelRules,
  ...hostRules,
  ...podmanRules,
  ...engineRules,
  ...reachRules,
];
