import {isOlder} from '../engines/host/versions.js';
import type {Exam} from './exam.js';
import type {Finding} from './finding.js';

/** What is published about the programs that carry files from host to host. */
interface TransferAdvisory {
  readonly program: 'rsync' | 'ssh';
  readonly code: string;
  readonly from?: string;
  /** The first version without it. */
  readonly before: string;
  readonly happens: string;
  readonly see: string;
}

const cve = (id: string): string => `https://www.cve.org/CVERecord?id=${id}`;

/** Of those of one program only the last that applies is told: its version has none of the others either. */
const advisories: readonly TransferAdvisory[] = [
  {
    program: 'rsync',
    code: 'rsync-outside-folder',
    before: '3.5.0',
    happens:
      'a program that swaps folders for links while they are copied has files of the host copied with them, and ACLs set elsewhere (CVE-2026-53797, CVE-2026-53799)',
    see: cve('CVE-2026-53797'),
  },
  {
    program: 'rsync',
    code: 'rsync-symlink-races',
    before: '3.4.3',
    happens:
      'who can change files while it works can lead it out of its folder through links, and a sender can crash it (CVE-2026-29518, CVE-2026-43618 to -43620)',
    see: cve('CVE-2026-43619'),
  },
  {
    program: 'rsync',
    code: 'rsync-heap-overflow',
    before: '3.4.0',
    happens:
      'a sender can write into the memory of the receiver and read files of its host (CVE-2024-12084 to -12088)',
    see: cve('CVE-2024-12084'),
  },
  {
    program: 'ssh',
    code: 'openssh-signal-race',
    from: '8.5',
    before: '9.8',
    happens: 'who can reach its server may run programs as root (CVE-2024-6387)',
    see: cve('CVE-2024-6387'),
  },
];

const applies = (version: string, {from, before}: TransferAdvisory): boolean =>
  isOlder(version, before) && (from === undefined || !isOlder(version, from));

/** Distributions mend old versions without a new number, so none of it stops a move. */
export function transferAdvisories({versions}: Exam): readonly Finding[] {
  return (['rsync', 'ssh'] as const).flatMap((program): Finding[] => {
    const version = versions.get(program) ?? '';
    const found = advisories
      .filter((each) => each.program === program && version !== '' && applies(version, each))
      .at(-1);
    if (!found) return [];
    const fixed = advisories.find((each) => each.program === program)?.before ?? found.before;
    return [
      {
        level: 'warning',
        code: found.code,
        message: `${program} "${version}": ${found.happens}`,
        stops: [],
        fix: {
          on: 'nowhere',
          advice: `install ${program} ${fixed} or later, or see that the distribution has mended this version`,
        },
        see: found.see,
      },
    ];
  });
}
