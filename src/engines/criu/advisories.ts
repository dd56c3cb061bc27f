import {advisories, type Versioned} from './version-advisories.js';

/** What is known about versions, as the rules of the preflight ask for it; the facts are in version-advisories.ts. */

const refused = advisories.filter((each) => each.refused === true);

export interface CriuAdvisory {
  /** From this kernel on … */
  readonly kernel: string;
  /** … CRIU must be at least this. */
  readonly criu: string;
  readonly because: string;
}

export const criuAdvisories: readonly CriuAdvisory[] = refused.flatMap(
  ({applies: {criu, kernel}, happens}) =>
    criu?.before === undefined
      ? []
      : [{kernel: kernel?.from ?? '0', criu: criu.before, because: happens}],
);

export interface PodmanAdvisory {
  readonly podman: string;
  readonly because: string;
}

const podmanRules = (only: (id: string) => boolean): readonly PodmanAdvisory[] =>
  advisories.flatMap(({id, applies: {podman}, happens}) =>
    podman?.before !== undefined && only(id) ? [{podman: podman.before, because: happens}] : [],
  );

const restartPolicy = 'podman-restart-policy';

/** Oldest podman for each thing that a stateful move does (podman's RELEASE_NOTES.md). */
export const podmanAdvisories = podmanRules((id) => id !== restartPolicy);

/** For a container with a restart policy, by whichever strategy: both hosts must not start it by themselves. */
export const podmanForRestartPolicies = podmanRules((id) => id === restartPolicy);

/** Runtimes that podman can checkpoint with. */
export const checkpointingRuntimes: readonly string[] = ['runc', 'crun'];

const oldest = (program: Versioned): string =>
  refused.find(({applies, stops}) => stops.join() === 'pre-copy' && program in applies)?.applies[
    program
  ]?.before ?? '0';

/** Oldest runtimes that know both `--pre-dump` and `--parent-path`. */
export const runtimesForRounds: Readonly<Record<string, string>> = {
  runc: oldest('runc'),
  crun: oldest('crun'),
};

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
