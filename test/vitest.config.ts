import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/prepare.ts'],
    reporters: ['default', 'test/tally.ts'],
    // Two cores: more workers only make the lab's clocks run unevenly.
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
