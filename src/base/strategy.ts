/** How a container may be moved, from the one that works for most to the one with the shortest downtime. */
export const strategies = ['cold', 'stateful', 'pre-copy'] as const;

export type Strategy = (typeof strategies)[number];

/** Whether memory goes along. */
export const movesMemory: Readonly<Record<Strategy, boolean>> = {
  cold: false,
  stateful: true,
  'pre-copy': true,
};

export const memoryStrategies: readonly Strategy[] = strategies.filter((each) => movesMemory[each]);

/** Whether most of the memory goes ahead, in rounds. */
export const inRounds: Readonly<Record<Strategy, boolean>> = {
  cold: false,
  stateful: false,
  'pre-copy': true,
};
