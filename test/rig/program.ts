import {resolve} from 'node:path';

/** Names another build than the one that was made for this run of the tests. */
export const programVariable = 'LAB_TESTS_RUN';

/** The build that is tried. */
export const builtProgram = (): string => resolve(process.env[programVariable] ?? 'dist/main.js');
