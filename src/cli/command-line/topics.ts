import {exitCodeLines, precedence} from '../../base/exit-codes.js';
import {exit3} from './topic-exit-3.js';

const exitCodes = `exit codes:
${exitCodeLines().join('\n')}

10 to 14 say that nothing was touched; with 11 other containers may have been moved.
When several apply, the first of these wins: ${precedence().join(', ')}.
`;

/** What \`cm help TOPIC\` prints, by topic. */
export const topics: ReadonlyMap<string, string> = new Map([
  ['exit-codes', exitCodes],
  ['exit-3', exit3],
]);

/** Below the help of the program. */
export const helpEnd = `plan files: default is the folder plans/; - is standard input
every flag has an environment variable: --lock-wait is CM_LOCK_WAIT

exit codes:
${exitCodeLines().join('\n')}

topics: cm help ${[...topics.keys()].join(', cm help ')}
`;
