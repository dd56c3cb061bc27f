import {defineConfig} from 'vitest/config';
import {limit} from './rig/limits.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/prepare.ts'],
    reporters: ['default', 'test/tally.ts'],
    // Two cores: more workers only make the lab's clocks run unevenly.
    maxWorkers: 2,
    testTimeout: limit(30),
    hookTimeout: limit(60),
    expect: {poll: {timeout: limit(10)}},
  },
});
