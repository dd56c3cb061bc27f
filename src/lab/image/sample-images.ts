/** What any host of a lab can be given: a cache, a counter in a shell, and memory that is written to and can be checked. */
export const sampleImages = ['redis', 'busybox', 'dirty'] as const;
