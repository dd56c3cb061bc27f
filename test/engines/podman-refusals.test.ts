import {describe, expect, test} from 'vitest';
import {refusals} from '../../src/engines/podman/refusals.js';
import {aPair, aSurvey, type PairChange} from './podman-pair.js';

const codes = (strategy: 'cold' | 'stateful' | 'pre-copy', change: PairChange): string[] =>
  refusals(strategy, aPair(change)).map(({code}) => code);

const other = {id: 'b'.repeat(64), name: 'other', running: true, addresses: [], ports: []};
const own = {...other, id: 'f'.repeat(64), name: 'redis'};

interface Row {
  readonly what: string;
  readonly change: PairChange;
  readonly stateful?: readonly string[];
  readonly cold?: readonly string[];
}

/** Whatever is not named for a strategy must not be refused by it. */
const rows: readonly Row[] = [
  {what: 'nothing wrong', change: {}},
  {
    what: 'rootless on the target',
    change: {target: {rootless: true}},
    ...{stateful: ['rootless'], cold: ['rootless']},
  },
  {
    what: 'podman 3.4 on the source, no restart policy',
    change: {pair: {sourceVersion: '3.4.4'}, container: {restartPolicy: 'no'}},
    stateful: ['podman-too-old'],
  },
  {
    what: 'podman 4.9 with a restart policy',
    change: {pair: {targetVersion: '4.9.3'}},
    ...{stateful: ['podman-too-old'], cold: ['podman-too-old']},
  },
  {what: 'no CRIU', change: {target: {criu: undefined as never}}, stateful: ['criu-missing']},
  {
    what: 'CRIU 4.1.1 on 6.18',
    change: {source: {criu: {version: '4.1.1', memoryTracking: true, complaints: []}}},
    stateful: ['criu-too-old'],
  },
  {
    what: 'CRIU 4.1.1 on 6.14',
    change: {
      target: {
        kernel: '6.14.2',
        criu: {version: '4.1.1', memoryTracking: true, complaints: []},
      },
    },
  },
  {
    what: 'CRIU 3.17.1 on 6.14',
    change: {
      target: {kernel: '6.14', criu: {version: '3.17.1', memoryTracking: true, complaints: []}},
    },
    stateful: ['criu-too-old'],
  },
  {
    what: 'CRIU 3.16 on an old kernel',
    change: {
      target: {kernel: '5.10.0', criu: {version: '3.16', memoryTracking: true, complaints: []}},
    },
    stateful: ['criu-too-old'],
  },
  {
    what: 'criu check complains',
    change: {target: {criu: {version: '4.2.1', memoryTracking: true, complaints: ['no kcmp']}}},
    stateful: ['criu-check'],
  },
  {what: 'another runtime', change: {target: {runtime: 'crun'}}, stateful: ['runtime-differs']},
  {
    what: 'a runtime that cannot',
    change: {target: {runtime: 'kata'}, source: {runtime: 'kata'}},
    stateful: ['runtime-unsupported', 'runtime-unsupported'],
  },
  {
    what: 'crun built without CRIU',
    change: {
      source: {runtime: 'crun', runtimeVersion: '1.21'},
      target: {runtime: 'crun', runtimeVersion: '1.21 -CRIU'},
    },
    stateful: ['crun-without-criu'],
  },
  {
    what: 'crun without libcriu beside version 1 cgroups',
    change: {
      source: {runtime: 'crun', runtimeVersion: '1.21'},
      target: {runtime: 'crun', runtimeVersion: '1.21', libcriu: false, cgroups: 'hybrid'},
    },
    stateful: ['libcriu-missing', 'crun-cgroups'],
  },
  {
    what: 'another architecture',
    change: {target: {architecture: 'aarch64', cpuFlags: []}},
    ...{stateful: ['architecture-differs'], cold: ['architecture-differs']},
  },
  {
    what: 'instructions missing, and a flag of the kernel',
    change: {target: {cpuFlags: ['sse2']}},
    stateful: ['cpu-flag-missing', 'cpu-flag-missing'],
  },
  {what: 'a terminal', change: {container: {tty: true}}, stateful: ['tty']},
  {what: 'privileged', change: {container: {privileged: true}}, stateful: ['privileged']},
  {
    what: 'a device, which it has open too',
    change: {
      container: {devices: ['/dev/kvm']},
      weight: {blockers: [{code: 'device-open', what: '/dev/kvm'}]},
    },
    stateful: ['device'],
  },
  {
    what: 'things a checkpoint cannot hold',
    change: {
      weight: {
        blockers: [
          {code: 'kernel-object', what: 'io_uring'},
          {code: 'device-open', what: '/dev/fuse'},
          {code: 'debugger', what: ''},
          {code: 'bind-socket', what: '/run/x.sock'},
        ],
      },
    },
    stateful: ['io-uring', 'device-open', 'a-debugger', 'bind-socket'],
  },
  {
    what: 'a bind mount whose source has gone',
    change: {weight: {blockers: [{code: 'bind-missing', what: '/srv/x'}]}},
    ...{stateful: ['bind-missing'], cold: ['bind-missing']},
  },
  {
    what: '--rm',
    change: {container: {autoRemove: true}},
    ...{stateful: ['auto-remove'], cold: ['auto-remove']},
  },
  {what: 'a pod', change: {container: {pod: 'p'}}, ...{stateful: ['in-pod'], cold: ['in-pod']}},
  {
    what: 'namespaces of another',
    change: {container: {joins: 'c'}},
    ...{stateful: ['joins-another'], cold: ['joins-another']},
  },
  {what: 'stopped', change: {container: {state: 'stopped'}}, stateful: ['not-running']},
  {what: 'paused', change: {container: {state: 'paused'}}, stateful: ['not-running']},
  {
    what: 'a user namespace with a network',
    change: {container: {userNamespace: true}},
    stateful: ['user-namespace'],
  },
  {
    what: 'a user namespace without a network',
    change: {container: {userNamespace: true, addresses: []}},
    stateful: ['user-namespace'],
  },
  {
    what: 'a bind mount that is a link on the target',
    change: {
      container: {
        mounts: [
          {
            ...{kind: 'bind', name: '/etc/localtime', source: '/etc/localtime'},
            ...{destination: '/etc/localtime', readOnly: true},
          },
        ],
      },
      target: {links: ['/etc/localtime']},
    },
    stateful: ['bind-link'],
  },
  {
    what: 'an init that is a link',
    change: {container: {raw: {HostConfig: {Init: true}}}, source: {links: ['init']}},
    stateful: ['init-link'],
  },
  {
    what: 'the network is missing',
    change: {target: {networks: []}},
    ...{stateful: ['network-missing'], cold: ['network-missing']},
  },
  {
    what: 'the network is of another driver and subnet',
    change: {target: {networks: [{name: 'lan', driver: 'bridge', subnets: ['10.79.0.0/24']}]}},
    ...{stateful: ['network-differs', 'address-outside']},
    cold: ['network-differs', 'address-outside'],
  },
  {
    what: 'a dynamic address outside, which a cold move gives up',
    change: {
      container: {addresses: [{network: 'lan', ip: '10.9.0.1', fixed: false}]},
    },
    stateful: ['address-outside'],
  },
  {
    what: 'a dynamic address outside, and no connections to keep',
    change: {
      container: {addresses: [{network: 'lan', ip: '10.9.0.1', fixed: false}]},
      pair: {connections: 'close'},
    },
  },
  {
    what: 'the address is taken',
    change: {target: {neighbours: [{...other, addresses: ['10.78.0.50']}]}},
    ...{stateful: ['address-taken'], cold: ['address-taken']},
  },
  {
    what: 'the address belongs to one that does not run',
    change: {target: {neighbours: [{...other, running: false, addresses: ['10.78.0.50']}]}},
  },
  {
    what: 'the name is taken',
    change: {target: {neighbours: [{...other, name: 'redis', running: false}]}},
    ...{stateful: ['name-taken'], cold: ['name-taken']},
  },
  {
    what: 'another container has its ID',
    change: {target: {neighbours: [{...own, name: 'precious', running: false}]}},
    ...{stateful: ['id-taken'], cold: ['id-taken']},
  },
  {
    what: 'a container of another engine has its ID',
    change: {
      target: {
        usage: {
          ...{engineFolders: [], landings: [], volumes: []},
          tenants: [{engine: 'docker', id: own.id, name: own.name, running: true, mounts: []}],
        },
      },
    },
    ...{stateful: ['id-taken'], cold: ['id-taken']},
  },
  {
    what: 'the same container, left from an earlier attempt',
    change: {target: {neighbours: [{...own, running: false, addresses: ['10.78.0.50']}]}},
  },
  {
    what: 'the same container runs there',
    change: {target: {neighbours: [own]}},
    ...{stateful: ['runs-already'], cold: ['runs-already']},
  },
  {
    what: 'the port is taken by a container and by a program',
    change: {target: {neighbours: [{...other, ports: [{port: 6379, protocol: 'tcp'}]}]}},
    ...{stateful: ['port-taken'], cold: ['port-taken']},
  },
  {
    what: 'the port is taken by a program',
    change: {target: {listening: [{port: 6379, protocol: 'tcp'}]}},
    ...{stateful: ['port-taken'], cold: ['port-taken']},
  },
  {what: 'the same port of udp', change: {target: {listening: [{port: 6379, protocol: 'udp'}]}}},
  {
    what: 'no mount namespace on the target',
    change: {
      target: {programs: aPair().target.programs.filter((each) => each !== 'mount-namespace')},
    },
    ...{stateful: ['no-mount-namespace'], cold: ['no-mount-namespace']},
  },
  {
    what: 'no rsync on the source',
    change: {source: {programs: ['bash', 'flock', 'nft', 'nsenter', 'ssh', 'tar']}},
    ...{stateful: ['program-missing'], cold: ['program-missing']},
  },
  {
    what: 'another storage driver',
    change: {source: {storageDriver: 'vfs'}},
    cold: ['storage-driver'],
  },
  {
    what: 'secrets, which only a new container would lack',
    change: {container: {raw: {Config: {Secrets: [{Name: 's'}]}}}},
    cold: ['secrets'],
  },
  {
    what: 'no memory for the checkpoint on either side',
    change: {
      source: {scratchFree: 200 * 1024 ** 2},
      target: {scratchFree: 200 * 1024 ** 2},
    },
    stateful: ['scratch-too-small', 'scratch-too-small'],
  },
  {
    what: 'memory for the checkpoint and not for what is restored from it',
    change: {target: {memoryFree: 300 * 1024 ** 2}},
    stateful: ['memory-too-small'],
  },
  {
    what: 'a full disk',
    change: {target: {storeFree: 1024}},
    ...{stateful: ['disk-too-small'], cold: ['disk-too-small']},
  },
  {
    what: 'open connections that are to be closed',
    change: {weight: {established: 2}, pair: {connections: 'close'}},
    stateful: ['connections-open'],
  },
  {what: 'open connections that are to be kept', change: {weight: {established: 2}}},
  {
    what: "open connections at the host's address",
    change: {weight: {established: 1}, container: {addresses: []}},
    stateful: ['connections-bound'],
  },
];

describe('what podman refuses', () => {
  test.each(rows)('$what', ({change, stateful = [], cold = []}) => {
    const weights = aPair(change).source.weights;
    const whole = {...change, source: {...change.source, weights}};
    expect(codes('stateful', whole)).toEqual(stateful);
    expect(codes('cold', whole)).toEqual(cold);
  });

  test.each(rows)('$what: pre-copy like stateful', ({change, stateful = []}) => {
    const small = ['scratch-too-small', 'memory-too-small'];
    if (stateful.some((code) => small.includes(code))) return;
    const weights = aPair(change).source.weights;
    expect(codes('pre-copy', {...change, source: {...change.source, weights}})).toEqual(stateful);
  });

  test('pre-copy where the kernel does not track memory: the source must, the target need not', () => {
    const criu = {version: '4.2.1', memoryTracking: false, complaints: []};
    expect(refusals('pre-copy', aPair({target: {criu}}))).toEqual([]);
    expect(refusals('stateful', aPair({source: {criu}}))).toEqual([]);
    expect(refusals('pre-copy', aPair({source: {criu}}))).toEqual([
      {
        code: 'no-memory-tracking',
        message: `the source's kernel "6.18.44" does not tell which memory has changed since the last round`,
        remedy: 'boot it there with a kernel that has "CONFIG_MEM_SOFT_DIRTY", or use "stateful"',
      },
    ]);
  });

  test.each([
    ['runc', '1.0.0-rc95', []],
    ['runc', '0.1.1', ['runtime-too-old']],
    ['crun', '1.4.1', ['runtime-too-old']],
    ['crun', '1.4.2', []],
  ])('pre-copy with %s %s: %j', (runtime, runtimeVersion, expected) => {
    const same = {runtime, runtimeVersion};
    const {weights} = aPair().source;
    expect(codes('pre-copy', {source: {...same, weights}, target: same})).toEqual(expected);
    expect(codes('stateful', {source: {...same, weights}, target: same})).toEqual([]);
  });

  test('pre-copy needs half as much memory again on both sides, and names what needs less', () => {
    const mib = 1024 ** 2;
    // 200 MiB of memory: 284 MiB for one checkpoint, 394 MiB for rounds
    const {weights} = aPair().source;
    const room = {scratchFree: 393 * mib};
    expect(refusals('stateful', aPair({source: {weights, ...room}, target: room}))).toEqual([]);
    expect(refusals('pre-copy', aPair({source: {weights, ...room}, target: room}))).toEqual(
      ['source', 'target'].map((side) => ({
        code: 'scratch-too-small',
        message: `the ${side} has 393 MiB for a checkpoint in memory ("/run"), and 394 MiB are needed`,
        remedy: 'make "/run" larger or free memory there, or use "stateful"',
      })),
    );
  });

  test('missing instructions are named one by one', () => {
    const found = refusals('stateful', aPair({target: {cpuFlags: ['sse2', 'avx']}}));
    expect(found.map(({message}) => message)).toEqual([
      `the target's processor ("AMD EPYC") lacks "avx2", which the source's ("AMD EPYC") has and programs may be using`,
    ]);
  });

  test('a network that is missing is described with the command that makes it', () => {
    const [found] = refusals('cold', aPair({target: aSurvey({networks: []})}));
    expect(found?.remedy).toBe(
      'make it there: podman network create -d macvlan --subnet 10.78.0.0/24 lan',
    );
  });
});
