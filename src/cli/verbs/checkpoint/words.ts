/** A word of the command line that means plans: by its ending, or since it leads through folders. */
const isPlanWord = (word: string): boolean =>
  word === '-' || word.includes('/') || /\.(?:ya?ml|json)$/u.test(word);

/** Names of containers and checkpoints, and plan files, as they stand beside each other on a line. */
export const splitWords = (words: readonly string[]) => ({
  names: words.filter((word) => !isPlanWord(word)),
  files: words.filter(isPlanWord),
});
