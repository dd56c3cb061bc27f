import type {Cause} from '../../base/problem.js';

/** What is known about an error, one fact a line. */
export const causeFacts = ({
  means,
  remedy,
  see,
}: Cause): readonly (readonly ['means' | 'help' | 'see', string])[] => [
  ['means', means],
  ['help', remedy],
  ...(see.length > 0 ? [['see', see.join(' ')] as const] : []),
];
