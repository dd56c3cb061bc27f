import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {cpus, loadavg, release, totalmem} from 'node:os';

const jiffies = (): readonly number[] =>
  (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/).slice(1).map(Number);

/** The commit that is measured, where this is a clone. */
function commit(): string {
  const {stdout} = spawnSync('git', ['describe', '--always', '--dirty'], {encoding: 'utf8'});
  return stdout.trim() || 'unknown';
}

/** What was measured on, and how much others took of it meanwhile; called at the end for the second time. */
export function watchMachine(): () => Readonly<Record<string, string>> {
  const measured = commit();
  const before = jiffies();
  const loadBefore = loadavg()[0] ?? 0;
  return () => {
    const spent = jiffies().map((value, i) => value - (before[i] ?? 0));
    const all = spent.slice(0, 8).reduce((sum, value) => sum + value, 0);
    const steal = (100 * (spent[7] ?? 0)) / Math.max(1, all);
    const [first] = cpus();
    return {
      commit: measured,
      machine: `${cpus().length} × ${first?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, node ${process.version}`,
      load: `${loadBefore.toFixed(1)} at the beginning, ${(loadavg()[0] ?? 0).toFixed(1)} at the end, ${steal.toFixed(1)} % stolen`,
    };
  };
}
