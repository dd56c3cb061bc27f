import {bundleEngine} from './engine.js';
import {runcRuntime} from './runtime.js';

/**
 * OCI bundles that root runs with runc, 1.1 or newer, under a supervisor of their own or none. runc
 * lies beneath podman and docker on nearly every host, so a plan has to name it (`engine: runc`).
 */
export const runc = bundleEngine(runcRuntime);
