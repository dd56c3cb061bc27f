import path from 'node:path';

/** Reports and journals tell where containers run and what programs printed: for their owner alone. */
export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

export const runsFolder = (stateDir: string): string => path.join(stateDir, 'runs');
