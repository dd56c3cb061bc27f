import {rename, rm, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import type {Argv} from '../../base/command.js';
import type {Problem} from '../../base/problem.js';
import {err, ok, type Result} from '../../base/result.js';
import {exists} from '../image/build.js';
import {type HostKind, launch} from './host-kind.js';
import {hostFolder, type Lab, type LabHost} from '../lab-state.js';
import {hostNames, labNames} from '../names.js';
import type {LabPlace} from '../place.js';
import {mustRun, mustRunAll, runTool} from '../image/tool.js';
import {vmFolder} from '../image/vm-build.js';
import {makeDiskArgv, qemuArgv, vmFiles} from './vm-qemu.js';

/**
 * A host that is a virtual machine: its kernel tracks which pages are written to, whatever the machine's
 * does. Its QEMU is a process in the host's cgroup and its cable a tap of the same name, so that all that
 * looks for, cuts or removes a host finds it.
 */
export const virtualMachine: HostKind = {
  // 6 s on an idle machine, measured; a CI machine may be several times as slow.
  readyTimeoutMs: 240_000,
  answerTimeoutMs: 60_000,
  cabled: async (lab, host) => {
    const link = await runTool(['ip', '-o', 'link', 'show', hostNames(lab.name, host.name).veth]);
    return (
      link.ok &&
      link.value.exitCode === 0 &&
      link.value.stdout.includes(`master ${labNames(lab.name).bridge}`)
    );
  },
  layCable: (lab, host) => {
    const {veth} = hostNames(lab.name, host.name);
    const {bridge} = labNames(lab.name);
    return mustRunAll([
      ['ip', 'tuntap', 'add', 'dev', veth, 'mode', 'tap'],
      ['ip', 'link', 'set', veth, 'alias', `cm lab ${lab.name}, host ${host.name}`],
      ['ip', 'link', 'set', veth, 'master', bridge, 'up'],
    ]);
  },
  boot: async (place, lab, host, cgroup) => {
    if (lab.vm === undefined) throw new Error(`"${host.name}" is no virtual machine`);
    const made = await makeFiles(place, lab, host, lab.vm.base);
    if (!made.ok) return made;
    const enter = 'mkdir -p "$1"; echo 0 > "$1/cgroup.procs"; shift; exec "$@"';
    const argv: Argv = ['sh', '-euc', enter, 'vm', cgroup, ...qemuArgv(lab, host, lab.vm)];
    return ok(await launch(lab, host, argv));
  },
};

/** The host's disk, unless it has one, and the second one with what makes it this host and no other. */
async function makeFiles(
  place: LabPlace,
  lab: Lab,
  host: LabHost,
  base: string,
): Promise<Result<void, Problem>> {
  const folder = hostFolder(lab, host.name);
  const cached = vmFolder(place, base);
  await rm(join(folder, vmFiles.base), {force: true});
  await symlink(cached, join(folder, vmFiles.base));
  const inFolder = (argv: Argv): Promise<Result<string, Problem>> =>
    mustRun(['env', '-C', folder, ...argv], {title: argv.join(' ')});
  // The machine's identity last: by it the host knows that it has the rest.
  const packed = await inFolder([
    ...(['tar', '--owner=0', '--group=0', '--numeric-owner', '-cf', vmFiles.identity] as const),
    ...['-C', 'up', 'root', 'etc/ssh', 'etc/machine-id'],
  ]);
  if (!packed.ok) return err(packed.error);
  if (await exists(join(folder, vmFiles.disk))) return ok(undefined);
  // What is half made by a crash does not bear the name.
  const made = await inFolder(makeDiskArgv(join(cached, 'base.img'), `${vmFiles.disk}.new`));
  if (!made.ok) return err(made.error);
  await rename(join(folder, `${vmFiles.disk}.new`), join(folder, vmFiles.disk));
  return ok(undefined);
}
