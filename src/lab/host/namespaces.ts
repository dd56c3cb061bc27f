import {ok} from '../../base/result.js';
import {rootAt} from '../image/build.js';
import {type HostKind, launch} from './host-kind.js';
import {enterScript, insideScript} from '../image/inside-script.js';
import {hostFolder} from '../lab-state.js';
import {hostNames} from '../names.js';
import {cabled, layCable} from './network.js';

/** A host made of namespaces: it starts in a second, and has the machine's own kernel. */
export const namespaces: HostKind = {
  readyTimeoutMs: 120_000,
  answerTimeoutMs: 30_000,
  cabled: (lab, host) => cabled(lab.name, host.name, lab.subnet, host.index),
  layCable: (lab, host) => layCable(lab.name, host.name, lab.subnet, host.index),
  boot: async (place, lab, host, cgroup) => {
    const root = rootAt(place, lab.root);
    return ok(
      await launch(lab, host, ['sh', '-euc', enterScript], {
        NAME: host.name,
        DIR: hostFolder(lab, host.name),
        ROOTFS: root.rootfs,
        IMAGES: root.images,
        CGROUP: cgroup,
        NETNS: `/run/netns/${hostNames(lab.name, host.name).netns}`,
        INSIDE: insideScript,
      }),
    );
  },
};
