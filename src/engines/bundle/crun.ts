import {bundleEngine} from './engine.js';
import {crunRuntime} from './runtime.js';

/** The same with crun, 1.21, which lies beneath podman as well. */
export const crun = bundleEngine(crunRuntime);
