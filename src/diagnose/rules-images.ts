import {criu, podman, type Rule} from './rule.js';

/** About checkpoint images: whether they are all there, whole, and right for this restore. */
export const imageRules: readonly Rule[] = [
  {
    id: 'image-missing',
    where: ['criu restore', 'podman'],
    patterns: [
      /Unexpected EOF on \(empty-image\)/u,
      /a complete checkpoint for this container cannot be found/u,
    ],
    means:
      'an image file is not where CRIU looks for it (it takes a missing file for an empty one): the folder is not the checkpoint itself, or not everything was copied',
    remedy:
      'name the folder that has inventory.img and pstree.img in it, and compare names and sizes of all files with those on the source; a folder without pstree.img is a pre-dump: restore from the final one',
    see: [criu(2454)],
  },
  {
    id: 'image-empty',
    where: ['criu restore'],
    patterns: [/criu\/image\.c:\d{1,5}\): Unexpected EOF/u, /Can't open core data for \d{1,10}/u],
    means: 'an image file is shorter than it was when it was written',
    remedy:
      'compare the sizes of all files with those on the source, see that there is room on the target, and copy it again',
    see: [criu(2454)],
  },
  {
    id: 'image-corrupt',
    where: ['criu restore'],
    patterns: [
      /agic doesn't match for (?<file>[^ ]{1,200})/u,
      /Read \d{1,10} bytes while \d{1,20} expected (?:from|on) (?<file>[^ ]{1,300}\.img)/u,
      /Failed unpacking object [^ ]{1,40} from (?<file>[^ ]{1,300})/u,
      /Image corrupted on pid|image corruption|Images? corrupted/iu,
    ],
    means: 'the image file "{file}" is not what CRIU wrote: it was damaged on its way, or changed',
    remedy:
      'compare checksums with the source and copy the checkpoint again; where the source still has its own, restore there',
    see: [],
  },
  {
    id: 'pages-missing',
    where: ['criu restore'],
    patterns: [
      /Can't read pages data \(-9\)/u,
      /Reached EOF unexpectedly while reading page from image/u,
      /Unable to open pages-\d{1,6}\.img/u,
    ],
    means: 'the file with the memory itself (pages-*.img) is missing or cannot be read',
    remedy: 'copy pages-*.img from the source as well, whole: its size must be the same there',
    see: [],
  },
  {
    id: 'pages-short',
    where: ['criu restore'],
    patterns: [/`- returned 0$/u],
    means:
      'the file with the memory (pages-*.img) is shorter than the checkpoint says; CRIU does not notice, reads nothing again and again, never ends, and fills the disk with its log (30 MB a second, seen with 4.2.1)',
    remedy:
      'end that criu (kill -KILL its process), remove the restore.log, copy the images again, and compare the size of every file before the restore',
    see: [],
  },
  {
    id: 'parent-missing',
    where: ['criu restore', 'criu dump'],
    patterns: [
      /No parent for snapshot pagemap/u,
      /Missing [0-9a-f]{1,16} in parent pagemap/u,
      /Invalid parent image directory provided/u,
      /Can't open parent path/u,
    ],
    means:
      'the checkpoint builds on an earlier one (a pre-dump), and that one is not there: its "parent" link leads nowhere',
    remedy:
      'copy all folders of the chain, next to each other as they were; the link must be relative (--parent-path ../NAME)',
    see: [criu(116)],
  },
  {
    id: 'parent-absolute',
    where: ['runc'],
    patterns: [/--parent-path must be relative/u],
    means:
      'the folder of the pre-dump is named by an absolute path, which would not be true on the target',
    remedy: 'name it from the image folder, as in --parent-path ../1',
    see: ['https://github.com/opencontainers/runc/blob/main/checkpoint.go'],
  },
  {
    id: 'restore-crash',
    where: ['criu restore'],
    patterns: [/\d (?:stopped|killed) by signal 11(?:: Segmentation fault)?/u],
    means:
      'the process crashed while it was restored: images are missing (seen when mm-*.img or files.img was), or CRIU is older than 3.17 and the program uses restartable sequences (glibc 2.35 and later)',
    remedy:
      'compare names and sizes of all image files with the source first; then use CRIU 3.17 or newer on both hosts',
    see: [criu(1696), criu(1935), criu(1987)],
  },
  {
    id: 'restore-illegal-instruction',
    where: ['criu restore', 'podman', 'docker'],
    patterns: [
      /(?:stopped|killed) by signal 4(?:: Illegal instruction)?/u,
      /\bSIGILL\b/u,
      /traps: [^ ]{1,40} trap invalid opcode/u,
    ],
    means: 'the program uses an instruction that the CPU of this host does not have',
    remedy:
      'restore on a CPU that has all features of the source ("grep flags /proc/cpuinfo" on both), or start the program anew there (strategy: cold)',
    see: [criu(1792), podman(17496)],
  },
  {
    id: 'images-version',
    where: ['criu restore'],
    patterns: [/Too old image, no longer supported/u, /Not supported images version/u],
    means: 'the images were written by a CRIU that differs too much from this one',
    remedy: 'install the same version of CRIU on both hosts, and make the checkpoint again',
    see: [],
  },
  {
    id: 'images-options',
    where: ['criu restore'],
    patterns: [
      /Need to set the --tcp-close options/u,
      /Dumped with --[a-z-]{1,30}\. Need to set it/u,
    ],
    means: 'the checkpoint was made with an option that the restore has to be given, too',
    remedy: 'restore with the same options as the dump (--tcp-close, --allow-uprobes)',
    see: [],
  },
  {
    id: 'plugin-missing',
    where: ['criu restore'],
    patterns: [/Missing required plugin: (?<plugin>[^ ]{1,60})/u],
    means:
      'the checkpoint needs the CRIU plugin "{plugin}" (of a graphics card, for instance), which is not on this host',
    remedy: 'install that plugin into /usr/lib/criu on this host, in the version of the source',
    see: [],
  },
  {
    id: 'image-folder-missing',
    where: ['criu'],
    patterns: [
      /Couldn't open image dir (?<path>[^ ]{1,300})/u,
      /Can't open dir (?<path>[^ ]{1,300}): No such/u,
    ],
    means: 'the folder for the images, "{path}", is not there',
    remedy: 'make it, or name the right one',
    see: [],
    rank: 'follows',
  },
  {
    id: 'archive-cut-off',
    where: ['podman'],
    patterns: [
      /unpacking of checkpoint archive (?<path>[^ ]{1,300}) failed: unexpected EOF/u,
      /tar: Unexpected EOF in archive/u,
    ],
    means: 'the checkpoint archive ends too early: it was not copied whole',
    remedy:
      'see that there is room on the target, and copy it again; compare the sizes on both hosts',
    see: [],
  },
];
