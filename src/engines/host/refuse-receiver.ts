import type {Pair, Refusal} from '../engine.js';

/** What the survey writes among the programs of a host on which a mount namespace can be made. */
export const mountNamespace = 'mount-namespace';

/** They confine what receives files to the folder that it receives. All are of util-linux. */
export const confiningPrograms = ['mount', 'pivot_root', 'umount', 'unshare'] as const;

/** Files of another host are only ever written by a program that sees nothing but their folder. */
export function receiverRefusals({target}: Pair): readonly Refusal[] {
  const missing = confiningPrograms.filter((program) => !target.programs.includes(program));
  if (missing.length > 0)
    return missing.map((program) => ({
      code: 'program-missing',
      message: `the target has no "${program}"`,
      remedy: `install "${program}" there`,
    }));
  if (target.rootless || target.programs.includes(mountNamespace)) return [];
  return [
    {
      code: 'no-mount-namespace',
      message:
        'the target makes no mount namespace ("unshare -m true" fails), so what receives files there could write everywhere',
      remedy: 'let cm log in as a root that has CAP_SYS_ADMIN, or use another target',
    },
  ];
}
