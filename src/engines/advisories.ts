/**
 * What is known about versions, as data: a new fact is a new line here. Where no source is named it
 * was seen running (podman 5.4.2, CRIU 3.17.1, 4.1.1 and 4.2.1, Linux 6.12 and 6.18).
 */

export interface CriuAdvisory {
  /** From this kernel on … */
  readonly kernel: string;
  /** … CRIU must be at least this. */
  readonly criu: string;
  readonly because: string;
}

export const criuAdvisories: readonly CriuAdvisory[] = [
  {
    kernel: '6.16',
    criu: '4.2',
    because: 'these kernels refuse the socket option that older ones read: "Can\'t get 1:16 opt"',
  },
  {
    kernel: '6.13',
    criu: '4.1',
    because: 'these kernels split the vvar area: "Unexpected rt vDSO area bounds"',
  },
  // criu#1696: programs with glibc 2.35 and later register restartable sequences
  {
    kernel: '0',
    criu: '3.17',
    because: 'older ones do not know restartable sequences, and programs crash after the restore',
  },
];

export interface PodmanAdvisory {
  readonly podman: string;
  readonly because: string;
}

/** Oldest podman for each thing that a stateful move does (podman's RELEASE_NOTES.md). */
export const podmanAdvisories: readonly PodmanAdvisory[] = [
  {podman: '4.0.0', because: 'older ones cannot checkpoint file locks or tell how long it took'},
];

/** For a container with a restart policy, by whichever strategy: both hosts must not start it by themselves. */
export const podmanForRestartPolicies: PodmanAdvisory = {
  podman: '5.1.0',
  because: 'older ones cannot switch off the restart policy of a container that exists',
};

/** Runtimes that podman can checkpoint with. */
export const checkpointingRuntimes: readonly string[] = ['runc', 'crun'];

/** Oldest runtimes that know both `--pre-dump` and `--parent-path` (their release notes; seen with runc 1.1.15 and crun 1.21). */
export const runtimesForRounds: Readonly<Record<string, string>> = {runc: '1.0.0', crun: '1.4.2'};

/**
 * CPU flags of x86 that programs can use by themselves. The others in /proc/cpuinfo say what the
 * kernel uses or works around, differ from kernel to kernel, and do not matter to a process.
 */
export const instructionFlags =
  /^(?:mmx(?:ext)?|fxsr|fxsr_opt|sse|sse2|pni|ssse3|sse4_1|sse4_2|sse4a|misalignsse|3dnow(?:ext|prefetch)?|fma4?|f16c|xop|tbm|lwp|avx.*|bmi1|bmi2|adx|aes|vaes|pclmulqdq|vpclmulqdq|gfni|popcnt|abm|movbe|rdrand|rdseed|sha_ni|sha512|sm3|sm4|xsave|xsaveopt|xsavec|xgetbv1|rtm|hle|mpx|pku|ospke|cx16|lahf_lm|clflush|clflushopt|clwb|cldemote|clzero|movdiri|movdir64b|enqcmd|waitpkg|serialize|fsgsbase|rdtscp|rdpid|amx.*|tsxldtrk|kl|widekl|mwaitx|cmov|cx8|lm)$/;

/** Of the images' size in memory file systems: a tenth more than the memory, and 64 MiB. */
export const imagesSize = (memory: number): number => Math.ceil(memory * 1.1) + 64 * 1024 * 1024;

/**
 * Of the memory: all of it once, and what the last two rounds and the freeze write again. Older rounds
 * give back what newer ones hold too.
 */
export const roundsShare = 1.5;
