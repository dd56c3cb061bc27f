import {setTimeout as sleep} from 'node:timers/promises';
import type {CmRun, Ended} from '../lab/cm-run.js';
import type {ChaosLab} from './chaos-lab.js';
import type {FaultName} from './fault-names.js';
import {criuScript, fillScript, sshdBackScript, sshdScript} from './host-scripts.js';
import type {Scenario} from './scenario.js';

export interface Scene {
  readonly lab: ChaosLab;
  readonly scenario: Scenario;
  readonly from: string;
  readonly to: string;
  /** Time passes for leases only: they are made old instead of waited for. */
  readonly aged: boolean;
}

/** What a fault finds when it strikes. */
export interface Strike extends Scene {
  readonly run: CmRun;
  /** Applies the same plan beside the first runner; it is judged like that one. */
  readonly another: () => Promise<Ended>;
  /** Now, if its effect comes later than its beginning. */
  readonly hit: () => void;
}

export interface Fault {
  /** Before the run begins. */
  readonly arm?: (scene: Scene) => Promise<unknown>;
  /** In the plan, of the container. */
  readonly hooks?: string;
  readonly jumpMs?: (chance: number) => number;
  /**
   * At its moment. It settles when the fault has done what it does by itself; whatever is still wrong then is put right
   * after the run has ended.
   */
  readonly strike?: (strike: Strike) => Promise<unknown>;
}

type Side = 'from' | 'to';

const leaseMs = 63_000;
const hourMs = 3_600_000;

/** Of what hangs, how much is killed by somebody. */
const patientShare = 0.6;

const cut = (side: Side, ms?: number): Fault => ({
  strike: async ({lab, [side]: host}) => {
    await lab.cable(host, 'down');
    if (ms === undefined) return;
    await sleep(ms);
    await lab.cable(host, 'up');
  },
});

const sshd = (side: Side): Fault => ({
  strike: async ({lab, [side]: host, scenario}) => {
    await lab.inside(host, sshdScript);
    await sleep(500 + scenario.chance * 5000);
    await lab.inside(host, sshdBackScript);
  },
});

const reboot = (side: Side): Fault => ({
  strike: async ({lab, [side]: host, hit}) => {
    await lab.powerOff(host);
    hit();
    await lab.reboot(host);
  },
});

const fill = (side: Side, file: string): Fault => ({
  strike: async ({lab, [side]: host}) => lab.inside(host, fillScript, file),
});

/** Which of CRIU's starts it is, of those for one dump or one restore. */
const criu = (
  side: Side,
  doing: 'checkpoint' | 'restore',
  how: 'fails' | 'hangs' | 'dies',
): Fault => ({
  arm: async ({lab, [side]: host, scenario}) => {
    const start = how === 'dies' ? 1 : 1 + Math.floor(scenario.chance * 2);
    const seconds = (scenario.chance * 0.3).toFixed(3);
    return lab.inside(host, criuScript, doing, how, String(start), seconds);
  },
  ...(how === 'hangs' && {
    strike: async ({lab, [side]: host, scenario: {chance}, aged}) => {
      // Nobody comes: `cm` has to lose its patience.
      if (!aged && chance > patientShare) return;
      await sleep(2000 + chance * (aged ? 1000 : 15_000));
      await lab.inside(host, 'kill -KILL "$(cat /run/chaos-criu)" 2>/dev/null || :');
    },
  }),
});

const hook = (point: 'beforeFreeze' | 'afterRestore'): Fault => ({
  hooks: `hooks: {${point}: {run: [sleep, "3600"], on: target, timeout: 2s}}`,
});

/** A person presses Ctrl-Z, or a machine is suspended: it does not know how long it was away. */
const stopped: Fault = {
  strike: async ({lab, run, another, aged}) => {
    run.signal('SIGSTOP');
    await (aged ? lab.age() : sleep(leaseMs));
    await another();
    run.signal('SIGCONT');
  },
};

export const faults: Readonly<Record<FaultName, Fault>> = {
  none: {},
  'runner-killed': {
    strike: ({run}) => {
      run.signal('SIGKILL');
      return Promise.resolve();
    },
  },
  'runner-stopped': stopped,
  'runner-clock': {
    jumpMs: (chance) => (chance < 0.5 ? -hourMs : hourMs),
    strike: ({run}) => {
      run.signal('SIGUSR2');
      return Promise.resolve();
    },
  },
  'second-runner': {strike: async ({another}) => another()},
  'sshd-source': sshd('from'),
  'sshd-target': sshd('to'),
  'link-1s-source': cut('from', 1000),
  'link-1s-target': cut('to', 1000),
  'link-30s-source': cut('from', 30_000),
  'link-30s-target': cut('to', 30_000),
  'link-cut-source': cut('from'),
  'link-cut-target': cut('to'),
  'reboot-source': reboot('from'),
  'reboot-target': reboot('to'),
  'disk-full-target': fill('to', '/var/lib/containers/chaos-fill'),
  'memory-full-source': fill('from', '/run/chaos-fill'),
  'memory-full-target': fill('to', '/run/chaos-fill'),
  'criu-dump-fails': criu('from', 'checkpoint', 'fails'),
  'criu-dump-hangs': criu('from', 'checkpoint', 'hangs'),
  'criu-restore-fails': criu('to', 'restore', 'fails'),
  'criu-restore-hangs': criu('to', 'restore', 'hangs'),
  'criu-restore-dies': criu('to', 'restore', 'dies'),
  'hook-before-hangs': hook('beforeFreeze'),
  'hook-after-hangs': hook('afterRestore'),
};
