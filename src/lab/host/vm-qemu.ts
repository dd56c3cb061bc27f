import type {Argv} from '../../base/command.js';
import {addressOf, type Lab, type LabHost, type VmSize} from '../lab-state.js';
import {hostNames} from '../names.js';
import {machineAddress} from './subnet.js';

/** Names within a host's folder, where QEMU is started: a path with a comma or colon would be taken apart. */
export const vmFiles = {
  /** A link to what of the cache the host stands on. */
  base: 'vm',
  disk: 'disk.qcow2',
  identity: 'identity.tar',
} as const;

const libraries = `${vmFiles.base}/qemu/usr/lib/x86_64-linux-gnu`;

/** A program of the cached QEMU, started by the dynamic linker beside it: no chroot, so no mounts to be left over. */
export const qemuProgram = (program: string): Argv => [
  ...([`${libraries}/ld-linux-x86-64.so.2`, '--library-path', libraries] as const),
  `${vmFiles.base}/qemu/usr/bin/${program}`,
];

/** Writes go to a file of the host's own above the base, which all hosts share in the machine's memory, too. */
export const makeDiskArgv = (base: string, disk: string): Argv => [
  ...qemuProgram('qemu-img'),
  ...['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', base, disk],
];

/** What the kernel does not know it gives to its first program as environment. */
export const kernelLine = (lab: Lab, host: LabHost): string =>
  [
    ...['console=ttyS0', 'quiet', 'loglevel=3', 'panic=-1', 'net.ifnames=0'],
    // On a busy machine the kernel measures a wrong frequency of the TSC, and its clock ran three times too fast.
    ...['tsc=unstable', 'clocksource=hpet'],
    ...['mitigations=off', 'nokaslr', 'no_timer_check', 'cryptomgr.notests'],
    ...['nowatchdog', 'rcupdate.rcu_cpu_stall_suppress=1', 'rcupdate.rcu_expedited=1'],
    ...[`cm_name=${host.name}`, `cm_id=${hostNames(lab.name, host.name).machineId}`],
    ...[`cm_address=${addressOf(lab, host)}`, `cm_gateway=${machineAddress(lab.subnet)}`],
  ].join(' ');

const drive = (id: string, format: string, file: string, more = ''): readonly string[] => [
  ...['-drive', `id=${id},if=none,format=${format},file=${file}${more}`],
  ...['-device', `virtio-blk-pci,drive=${id}`],
];

/** Without KVM on purpose: it may be there and not work, and a machine that emulates behaves the same everywhere. */
export function qemuArgv(lab: Lab, host: LabHost, {cpus, memory}: VmSize): Argv {
  const {veth, mac} = hostNames(lab.name, host.name);
  const share = `${vmFiles.base}/qemu/usr/share`;
  return [
    ...qemuProgram('qemu-system-x86_64'),
    ...['-name', host.name, '-L', `${share}/qemu`, '-L', `${share}/seabios`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'pc', '-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max'],
    ...['-smp', String(cpus), '-m', String(memory)],
    ...['-kernel', `${vmFiles.base}/vmlinuz`, '-initrd', `${vmFiles.base}/initrd.img`],
    ...['-append', kernelLine(lab, host), '-serial', 'stdio'],
    // Unsafe only when the machine itself loses power.
    ...drive('disk', 'qcow2', vmFiles.disk, ',cache=unsafe,discard=unmap'),
    ...drive('identity', 'raw', vmFiles.identity, ',readonly=on'),
    ...['-netdev', `tap,id=net,ifname=${veth},script=no,downscript=no`],
    ...['-device', `virtio-net-pci,netdev=net,mac=${mac},romfile=`],
  ];
}
