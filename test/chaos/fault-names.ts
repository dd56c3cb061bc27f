/** What may go wrong. `source` and `target` are those of the move. */
export const faultNames = [
  'none',
  'runner-killed',
  'runner-stopped',
  'runner-clock',
  'second-runner',
  'sshd-source',
  'sshd-target',
  'link-1s-source',
  'link-1s-target',
  'link-30s-source',
  'link-30s-target',
  'link-cut-source',
  'link-cut-target',
  'reboot-source',
  'reboot-target',
  'disk-full-target',
  'memory-full-source',
  'memory-full-target',
  'criu-dump-fails',
  'criu-dump-hangs',
  'criu-restore-fails',
  'criu-restore-hangs',
  'criu-restore-dies',
  'hook-before-hangs',
  'hook-after-hangs',
] as const;

export type FaultName = (typeof faultNames)[number];

/** For people. */
export const faultTitles: Readonly<Record<FaultName, string>> = {
  none: 'nothing (for comparison)',
  'runner-killed': 'the runner is killed',
  'runner-stopped':
    'the runner is stopped until its lease has expired and another has applied, then goes on',
  'runner-clock': 'the clock of the runner jumps by an hour',
  'second-runner': 'another runner applies the same plan at the same moment',
  'sshd-source': 'sshd of the source dies with all its sessions, and is back after some seconds',
  'sshd-target': 'sshd of the target, the same',
  'link-1s-source': 'the cable of the source is out for 1 s',
  'link-1s-target': 'the cable of the target is out for 1 s',
  'link-30s-source': 'the cable of the source is out for 30 s',
  'link-30s-target': 'the cable of the target is out for 30 s',
  'link-cut-source': 'the cable of the source is out until the run has ended',
  'link-cut-target': 'the cable of the target is out until the run has ended',
  'reboot-source': 'the source loses its power',
  'reboot-target': 'the target loses its power',
  'disk-full-target': 'the disk of the target is full',
  'memory-full-source': '/run of the source is full',
  'memory-full-target': '/run of the target is full',
  'criu-dump-fails': 'CRIU fails to dump',
  'criu-dump-hangs': 'CRIU hangs before it dumps, until it is killed or given up',
  'criu-restore-fails': 'CRIU fails to restore',
  'criu-restore-hangs': 'CRIU hangs before it restores, until it is killed or given up',
  'criu-restore-dies': 'CRIU is killed while it restores',
  'hook-before-hangs': 'a beforeFreeze hook hangs',
  'hook-after-hangs': 'an afterRestore hook hangs',
};

interface Strikes {
  readonly strategy?: 'stateful';
  readonly step?: string;
}

/** Where a fault strikes that cannot strike anywhere. */
export function strikesIn(fault: FaultName): Strikes {
  if (fault.startsWith('criu-dump')) return {strategy: 'stateful', step: 'freeze'};
  if (fault.startsWith('criu-restore')) return {strategy: 'stateful', step: 'restore'};
  if (fault === 'hook-before-hangs') return {step: 'beforeFreeze-1'};
  if (fault === 'hook-after-hangs') return {step: 'afterRestore-1'};
  return {};
}
