import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {execa} from 'execa';
import {labFolder} from '../../src/lab/lab-state.js';
import {labNames} from '../../src/lab/names.js';
import type {LabPlace} from '../../src/lab/place.js';

/** Everything on the machine that bears the name of one of the labs. */
export async function remains(
  place: LabPlace,
  labs: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const lab of labs) {
    const {bridge, vethPrefix, prefix} = labNames(lab);
    const marks = [bridge, vethPrefix, prefix, labFolder(place, lab)];
    const texts = {
      netns: (await execa('ip', ['netns', 'list'])).stdout,
      links: (await execa('ip', ['-o', 'link'])).stdout,
      folders: (await readdirOr(place.stateRoot))
        .map((name) => join(place.stateRoot, name))
        .join('\n'),
      ...ofProcesses(),
    };
    for (const [what, text] of Object.entries(texts)) {
      for (const line of text.split('\n')) {
        if (marks.some((mark) => line.includes(mark))) found.push(`${what}: ${line}`);
      }
    }
  }
  return found;
}

const readdirOr = (folder: string): Promise<string[]> =>
  Promise.resolve().then(() => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  });

/** The cgroups and mounts of all processes: a process of a lab is in one of its cgroups. */
function ofProcesses(): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const file of ['cgroup', 'mountinfo']) {
      try {
        // A zombie is dead; its parent, or the machine's first process, takes it away when it likes.
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) continue;
        texts[`${file} of ${pid}`] = readFileSync(`/proc/${pid}/${file}`, 'utf8');
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  return texts;
}
