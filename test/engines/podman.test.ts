import {podman} from '../../src/engines/podman/podman.js';
import {engineContract} from './contract.js';
import {aPair} from './podman-pair.js';
import {recorded, recording} from './recording.js';

engineContract(podman, {
  lookOutput: recording('podman-5.4.2-look'),
  surveyOutput: recording('podman-5.4.2-survey'),
  question: {leaving: [recorded('pd-rich'), recorded('pd-ports')], arriving: []},
  good: aPair(),
  bad: [
    aPair({target: {rootless: true}}),
    aPair({container: {tty: true, privileged: true, devices: ['/dev/kvm'], pod: 'x'}}),
    aPair({target: {networks: [], criu: undefined as never, cpuFlags: [], programs: []}}),
    aPair({target: {scratchFree: 0, memoryFree: 0, storeFree: 0, architecture: 'aarch64'}}),
    aPair({source: {runtime: 'crun', storageDriver: 'vfs', libcriu: false, weights: []}}),
  ],
});
