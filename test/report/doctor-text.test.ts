import {describe, expect, test} from 'vitest';
import type {Problem} from '../../src/base/problem.js';
import {gapsIn, isFit, pairsOf} from '../../src/doctor/diagnosis.js';
import {noWishes, type Asked, type Wishes} from '../../src/doctor/wishes.js';
import {diagnosisRecords} from '../../src/report/json/doctor-records.js';
import {renderDiagnosis} from '../../src/report/text/doctor-text.js';
import {aSubject, diagnosisOf, direct} from '../doctor/world.js';

const plain = {color: false, unicode: true};

const asks = (...asked: readonly Partial<Asked>[]): Wishes => ({
  ...noWishes,
  asked: asked.map((each) => ({
    ...{source: 'alpha', target: 'beta', strategies: ['cold', 'stateful'], networks: []},
    ...each,
  })),
});

const text = (...words: Parameters<typeof diagnosisOf>): string =>
  renderDiagnosis(diagnosisOf(...words), plain);

/** The lines of one host or pair without what is well. */
const ills = (all: string): string =>
  all
    .split('\n')
    .filter((line) => !line.startsWith('  ✓'))
    .join('\n');

describe('what cm doctor says', () => {
  test('of two healthy hosts', () => {
    const found = diagnosisOf([aSubject('alpha'), aSubject('beta')], {wishes: asks({})});
    expect(renderDiagnosis(found, plain)).toMatchInlineSnapshot(`
      "✓ alpha (root@alpha.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m
        ✓ reached over ssh as root
        ✓ "/run" is tmpfs with 4.0 GiB free; AppArmor; flock, nft, rsync, ssh, tar
        ✓ podman 5.4.2 with runc 1.1.15, storage overlay, 100.0 GiB free for images and volumes
        ✓ CRIU 4.2.1 on Linux 6.18.44, which "criu check" finds good, and memory tracking works

      ✓ beta (root@beta.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m
        ✓ reached over ssh as root
        ✓ "/run" is tmpfs with 4.0 GiB free; AppArmor; flock, nft, rsync, ssh, tar
        ✓ podman 5.4.2 with runc 1.1.15, storage overlay, 100.0 GiB free for images and volumes
        ✓ CRIU 4.2.1 on Linux 6.18.44, which "criu check" finds good, and memory tracking works

      from   to     engine  bytes go  cold    stateful  pre-copy
      alpha  beta   podman  direct    ✓ yes*  ✓ yes*    ✓ yes
      beta   alpha  podman  direct    ✓ yes   ✓ yes     ✓ yes
      * asked for by the plan

      2 hosts, none with gaps; everything that the plan asks for is possible"
    `);
    expect({fit: isFit(found), gaps: gapsIn(found)}).toEqual({fit: true, gaps: 0});
  });

  test('in ASCII, in colour', () => {
    const found = diagnosisOf([
      aSubject('alpha'),
      aSubject('beta', {survey: {criu: undefined as never}}),
    ]);
    expect(renderDiagnosis(found, {color: false, unicode: false})).not.toMatch(/[^\n -~]/);
    expect(renderDiagnosis(found, {color: true, unicode: true})).toContain('\u001b[31m');
  });

  test('of a host that lacks nearly everything, with the command for each thing', () => {
    const programs = ['bash', 'nsenter', 'ssh', 'tar', 'timeout', 'chronyc'];
    const found = text([
      aSubject('alpha', {
        exam: {
          os: {id: 'fedora', like: [], name: 'Fedora Linux 43'},
          rights: {
            bounding: 0x1ff_feff_ffffn,
            selinux: 'Enforcing',
            apparmor: false,
            freezer: false,
            ptraceScope: 3,
          },
          run: {kind: 'ext4', size: 4 * 1024 ** 3, free: 1024 ** 2},
          writable: ['/run', '/var/lib'],
          programs,
          versions: new Map([
            ['docker', '26.1.5'],
            ['kubelet', ''],
          ]),
        },
        survey: {
          programs,
          runtime: 'crun',
          runtimeVersion: '1.21',
          libcriu: false,
          criu: {version: '4.1.1', memoryTracking: false, complaints: []},
          scratchFree: 1024 ** 2,
          storeFree: 300 * 1024 ** 2,
        },
        version: '5.0.3',
        clockMs: -63_000,
      }),
    ]);
    expect(found).toMatchInlineSnapshot(`
      "✗ alpha (root@alpha.example)  Fedora Linux 43, Linux 6.18.44 x86_64, up 2h 3m
        ✓ reached over ssh as root
        ✓ "/run" is ext4 with 1 MiB free; SELinux enforcing; ssh, tar
        ✓ podman 5.0.3 with crun 1.21, storage overlay, 300 MiB free for images and volumes
        ✓ CRIU 4.1.1 on Linux 6.18.44, which "criu check" finds good
        ✓ also there, and not looked into: docker 26.1.5, kubelet
        ✗ nobody may look into another process ("kernel.yama.ptrace_scope" is 3) (stops stateful, pre-copy)
            no command: needs "kernel.yama.ptrace_scope" below 3, for which the host must boot again
        ✗ alpha has no "flock" (stops cold, stateful, pre-copy)
            on alpha: dnf install -y util-linux
        ✗ alpha has no "rsync" (stops cold, stateful, pre-copy)
            on alpha: dnf install -y rsync
        ✗ alpha has no "mount" (stops cold, stateful, pre-copy)
            on alpha: dnf install -y util-linux-core
        ✗ alpha has no "pivot_root" (stops cold, stateful, pre-copy)
            on alpha: dnf install -y util-linux-core
        ✗ alpha has no "umount" (stops cold, stateful, pre-copy)
            on alpha: dnf install -y util-linux-core
        ✗ alpha has no "unshare" (stops cold, stateful, pre-copy)
            on alpha: dnf install -y util-linux-core
        ✗ alpha has no "nft", which keeps open connections from being reset during the move (stops stateful, pre-copy)
            on alpha: dnf install -y nftables
        ✗ CRIU "4.1.1" on alpha is too old for its kernel "6.18.44": these kernels refuse the socket option that older ones read: "Can't get 1:16 opt" (stops stateful, pre-copy)
            no command: install CRIU 4.2 or later there, or use "cold"
        ✗ crun on alpha finds no "libcriu.so.2" (stops stateful, pre-copy)
            on alpha: dnf install -y criu-libs
        ✗ alpha has 1 MiB for a checkpoint in memory ("/run"), and 64 MiB are needed (stops stateful, pre-copy)
            no command: needs more room in "/run", best as a memory file system (tmpfs)
        ! its clock is 63 s behind this machine's: times in records and reports are off by that, and programs see the time jump when they move (leases and one-time keys go by the host's own clock)
            on alpha: chronyc makestep
        ! root lacks CAP_SYS_RESOURCE there: CRIU cannot dump processes of other users than root, unless their container has a user namespace of its own ("Can't get rlimit 0")
            no command: needs a login, a service or a machine that lets root have CAP_SYS_RESOURCE
        ! no freezer of cgroups was found, so processes are held one by one
            no command: needs version 2 of cgroups, or the controller "freezer"
        ! "/tmp" cannot be written to, where engines keep temporary files
            no command: needs a "/tmp" that root can write to
        ! "/run" is "ext4" and not in memory: checkpoints, which hold secrets, would be written to disk, and slowly
            no command: needs "/run" as a memory file system (tmpfs)
        ! alpha's kernel "6.18.44" does not tell which memory has changed since the last round (stops pre-copy)
            no command: needs a kernel with CONFIG_MEM_SOFT_DIRTY
        ! podman "5.0.3": older ones cannot switch off the restart policy of a container that exists
            no command: update podman to 5.1.0 or later, or run containers without a restart policy
            see https://github.com/containers/podman/blob/main/RELEASE_NOTES.md
        ! only 300 MiB are free where podman keeps images, containers and volumes
            no command: needs more room there, for example by "podman image prune"

      1 host, 1 with gaps; 11 gaps"
    `);
  });

  test('of pairs that do not go together', () => {
    const wishes = asks({strategies: ['cold', 'stateful', 'pre-copy'], networks: ['lan']});
    const found = diagnosisOf(
      [
        aSubject('alpha', {exam: {rights: {selinux: 'Enforcing', apparmor: false, freezer: true}}}),
        aSubject('beta', {
          survey: {
            kernel: '6.1.0-40',
            cpuFlags: ['sse2'],
            cpuModel: 'old',
            networks: [],
            cgroups: 'hybrid',
            criu: {version: '3.19', memoryTracking: true, complaints: []},
          },
          version: '4.9.5',
        }),
      ],
      {wishes},
    );
    expect(isFit(found)).toBe(false);
    expect(ills(renderDiagnosis(found, plain))).toMatchInlineSnapshot(`
      "✓ alpha (root@alpha.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m

      ! beta (root@beta.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m
        ! podman "4.9.5": older ones cannot switch off the restart policy of a container that exists
            no command: update podman to 5.1.0 or later, or run containers without a restart policy
            see https://github.com/containers/podman/blob/main/RELEASE_NOTES.md

      from   to     engine  bytes go  cold                stateful                 pre-copy
      alpha  beta   podman  direct    ✗ network missing*  ✗ network missing (+1)*  ✗ network missing (+1)*
      beta   alpha  podman  direct    ✓ yes               ✓ yes                    ✓ yes
      * asked for by the plan

      alpha → beta
        ✗ beta has no network "lan" (stops cold, stateful, pre-copy)
            on beta: podman network create -d macvlan --subnet 10.78.0.0/24 lan
        ✗ beta's processor ("old") lacks 2 features ("avx", "avx2"), which alpha's ("AMD EPYC") has and programs may be using (stops stateful, pre-copy)
            no command: choose a target with at least the same processor, or use "cold"
        ! alpha runs Linux 6.18.44 and beta 6.1.0-40, which is older: what programs found in the newer one when they started may be missing there
            no command: needs the same kernel on both hosts, or "cold", where a restore fails
        ! beta has CRIU 3.19, which may not read what CRIU 4.2.1 of alpha writes
            no command: needs CRIU 4.2.1 or later on beta
        ! alpha has podman 5.4.2 and beta 4.9.5
            no command: needs the same version on both hosts, where a container cannot be made alike
        ! cgroups are "v2" on alpha and "hybrid" on beta: limits of a restored container may be lost, or the restore fails
            no command: needs the same version of cgroups on both hosts
        ! alpha guards programs with SELinux, and beta with AppArmor: CRIU refuses to restore their profiles there
            no command: needs the same of SELinux and AppArmor on both hosts, or "cold"

      beta → alpha
        ! beta runs Linux 6.1.0-40 and alpha 6.18.44
            no command: needs the same kernel on both hosts, or "cold", where a restore fails
        ! beta has podman 4.9.5 and alpha 5.4.2
            no command: needs the same version on both hosts, where a container cannot be made alike
        ! cgroups are "hybrid" on beta and "v2" on alpha: limits of a restored container may be lost, or the restore fails
            no command: needs the same version of cgroups on both hosts
        ! beta guards programs with AppArmor, and alpha with SELinux: CRIU refuses to restore their profiles there
            no command: needs the same of SELinux and AppArmor on both hosts, or "cold"

      2 hosts, none with gaps; the plan asks for what is not possible: cold, stateful, pre-copy from alpha to beta"
    `);
  });

  test('of ways that lead nowhere, or to somebody else', () => {
    const {way} = direct('beta');
    const nowhere = {way, met: {kind: 'nothing', because: 'Connection timed out'}} as const;
    const other = {way, met: {kind: 'key', fingerprint: 'SHA256:xyz'}} as const;
    const found = diagnosisOf([aSubject('alpha'), aSubject('beta')], {
      wishes: asks({}),
      connected: {'alpha beta': nowhere, 'beta alpha': other},
    });
    expect(ills(renderDiagnosis(found, plain))).toMatchInlineSnapshot(`
      "✓ alpha (root@alpha.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m

      ✓ beta (root@beta.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m

      from   to     engine  bytes go  cold                    stateful                pre-copy
      alpha  beta   podman  -         ✗ no ssh between them*  ✗ no ssh between them*  ✗ no ssh between them
      beta   alpha  podman  -         ✗ another host key      ✗ another host key      ✗ another host key
      * asked for by the plan

      alpha → beta
        ✗ alpha cannot reach beta over ssh at 10.0.0.2 port 22: Connection timed out (stops cold, stateful, pre-copy)
            no command: needs a firewall that lets alpha through to that port, a "peerAddress" of beta that alpha can reach, or "transfer: relay" in the plan

      beta → alpha
        ✗ beta meets another machine at 10.0.0.2 port 22 than this one does: its key is SHA256:xyz, and that of beta is SHA256:abc (stops cold, stateful, pre-copy)
            no command: needs a "peerAddress" of beta that leads beta to it

      2 hosts, none with gaps; the plan asks for what is not possible: cold, stateful from alpha to beta"
    `);
    const relayed = diagnosisOf([aSubject('alpha'), aSubject('beta')], {
      connected: {'alpha beta': {way: undefined, met: undefined}},
    });
    expect(relayed.pairs[0]).toMatchObject({way: 'relay', findings: []});
  });

  test('of hosts that are not there, are nobody, or have no engine', () => {
    const refused: Problem = {
      kind: 'unreachable',
      code: 'refused',
      message: 'host "alpha" (alpha.example:22) refuses connections',
      remedy: 'start sshd there',
    };
    const silent: Problem = {
      kind: 'preflight',
      code: 'look-failed',
      message: 'podman on "delta" cannot be asked',
      log: ['Error: database is locked'],
    };
    const found = text([
      aSubject('alpha', {problem: refused}),
      aSubject('beta', {exam: {uid: 1000, user: 'me'}, survey: {rootless: true}}),
      aSubject('gamma', {
        engineProblem: 'none',
        exam: {os: {id: 'alpine', like: [], name: 'Alpine'}},
      }),
      aSubject('delta', {engineProblem: silent}),
      aSubject('here', {address: 'local', exam: {uid: 1000, user: 'me'}, engineProblem: 'none'}),
    ]);
    expect(ills(found)).toMatchInlineSnapshot(`
      "✗ alpha (root@alpha.example)
        ✗ host "alpha" (alpha.example:22) refuses connections (stops cold, stateful, pre-copy)
            no command: start sshd there

      ✗ beta (root@beta.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m
        ✗ the login there is as "me", and only root can read and restore what containers hold (stops cold, stateful, pre-copy)
            no command: needs a login as root: write the address as "root@…"

      ✗ gamma (root@gamma.example)  Alpine, Linux 6.18.44 x86_64, up 2h 3m
        ✗ there is no podman on gamma (stops cold, stateful, pre-copy)
            on gamma: apk add podman

      ✗ delta (root@delta.example)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m
        ✗ podman is there and cannot be asked: Error: database is locked (stops cold, stateful, pre-copy)
            no command: needs a podman that answers "podman info"

      ✗ here (local)  Debian GNU/Linux 13 (trixie), Linux 6.18.44 x86_64, up 2h 3m
        ✗ cm runs here as "me", and only root can read and restore what containers hold (stops cold, stateful, pre-copy)
            no command: needs root: start cm with sudo
        ✗ there is no podman on here (stops cold, stateful, pre-copy)
            on here: apt-get install -y podman

      from   to     engine  bytes go  cold                           stateful                       pre-copy
      alpha  beta   -       -         ✗ alpha not reached (+1)       ✗ alpha not reached (+1)       ✗ alpha not reached (+1)
      alpha  gamma  -       -         ✗ alpha not reached (+1)       ✗ alpha not reached (+1)       ✗ alpha not reached (+1)
      alpha  delta  -       -         ✗ alpha not reached (+1)       ✗ alpha not reached (+1)       ✗ alpha not reached (+1)
      alpha  here   -       -         ✗ alpha not reached (+2)       ✗ alpha not reached (+2)       ✗ alpha not reached (+2)
      beta   alpha  -       -         ✗ alpha not reached (+1)       ✗ alpha not reached (+1)       ✗ alpha not reached (+1)
      beta   gamma  -       -         ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)
      beta   delta  -       -         ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)
      beta   here   -       -         ✗ no engine on here (+2)       ✗ no engine on here (+2)       ✗ no engine on here (+2)
      gamma  alpha  -       -         ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)
      gamma  beta   -       -         ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)
      gamma  delta  -       -         ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)      ✗ no engine on gamma (+1)
      gamma  here   -       -         ✗ no engine on gamma (+2)      ✗ no engine on gamma (+2)      ✗ no engine on gamma (+2)
      delta  alpha  -       -         ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)
      delta  beta   -       -         ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)
      delta  gamma  -       -         ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)  ✗ podman silent on delta (+1)
      delta  here   -       -         ✗ podman silent on delta (+2)  ✗ podman silent on delta (+2)  ✗ podman silent on delta (+2)
      here   alpha  -       -         ✗ no engine on here (+2)       ✗ no engine on here (+2)       ✗ no engine on here (+2)
      here   beta   -       -         ✗ no engine on here (+2)       ✗ no engine on here (+2)       ✗ no engine on here (+2)
      here   gamma  -       -         ✗ no engine on here (+2)       ✗ no engine on here (+2)       ✗ no engine on here (+2)
      here   delta  -       -         ✗ no engine on here (+2)       ✗ no engine on here (+2)       ✗ no engine on here (+2)

      5 hosts, 5 with gaps; 6 gaps"
    `);
  });

  test('a gap is what stops a strategy that is wanted', () => {
    const subjects = [aSubject('alpha'), aSubject('beta', {survey: {criu: undefined as never}})];
    const levels = (wishes: Wishes): readonly string[] =>
      (diagnosisOf(subjects, {wishes}).hosts[1]?.findings ?? [])
        .filter(({code}) => code === 'criu-missing')
        .map(({level}) => level);
    expect(levels(noWishes)).toEqual(['gap']);
    expect(levels({...noWishes, strategies: ['cold']})).toEqual(['warning']);
    const cold = {...asks({strategies: ['cold']}), strategies: ['cold' as const]};
    expect(isFit(diagnosisOf(subjects, {wishes: cold}))).toBe(true);
    expect(isFit(diagnosisOf(subjects, {wishes: asks({})}))).toBe(false);
  });

  test('many hosts: only the pairs of the plan, unless all are asked for', () => {
    const names = ['alpha', 'beta', 'c', 'd', 'e', 'f', 'g'];
    expect(pairsOf(names, asks({}), false)).toEqual({pairs: [['alpha', 'beta']], leftOut: 41});
    expect(pairsOf(names, asks({}), true).pairs).toHaveLength(42);
    expect(pairsOf(names.slice(0, 6), noWishes, false).pairs).toHaveLength(30);
    const many = text(
      names.map((name) => aSubject(name)),
      {wishes: asks({})},
    );
    expect(many).toContain('41 pairs not looked at; --pairs looks at all');
    expect(many.split('\n').at(-1)).toBe(
      '7 hosts, none with gaps; everything that the plan asks for is possible',
    );
  });

  test('what a host says cannot paint the terminal', () => {
    const evil = 'x\u001b[2J\u202e';
    const found = text([
      aSubject('alpha', {
        exam: {os: {id: evil, like: [], name: evil}, user: evil, uid: 5},
        version: evil,
      }),
    ]);
    expect(found).not.toMatch(/[\u001b\u202e]/);
  });

  test('the same as records', () => {
    const found = diagnosisOf(
      [aSubject('alpha', {clockMs: 12.7}), aSubject('beta', {survey: {criu: undefined as never}})],
      {wishes: asks({})},
    );
    const records = diagnosisRecords(found);
    expect(
      records.map(({type}) => type).filter((type, index, all) => all.indexOf(type) === index),
    ).toEqual(['host', 'finding', 'pair']);
    expect(records.find(({type}) => type === 'host')).toMatchObject({
      host: 'alpha',
      reached: true,
      clockMs: 13,
      engines: [{name: 'podman', version: '5.4.2'}],
    });
    expect(records.find((each) => each['code'] === 'criu-missing')).toEqual({
      ...{type: 'finding', host: 'beta', level: 'gap', code: 'criu-missing'},
      message: 'CRIU is not installed on beta',
      stops: ['stateful', 'pre-copy'],
      fix: {on: 'host', host: 'beta', command: 'apt-get install -y criu'},
      see: undefined,
    });
    expect(records.find(({type}) => type === 'pair')).toMatchObject({
      ...{
        source: 'alpha',
        target: 'beta',
        engine: 'podman',
        way: 'direct',
        asked: ['cold', 'stateful'],
      },
      strategies: {
        cold: {possible: true},
        stateful: {possible: false, because: ['no CRIU on beta'], codes: ['criu-missing']},
      },
    });
  });
});
