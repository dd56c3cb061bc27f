import {configDefaults, defineConfig} from 'vitest/config';
import {BaseSequencer, type TestSpecification} from 'vitest/node';
import {limit} from './rig/limits.js';
import {filesLeftOut} from './rig/ring.js';

/** Files that take minutes begin first, so that none is left to run alone at the end. */
const longest = ['/lab/vm.test.ts', '/lab/chaos.test.ts', '/lab/docker.test.ts'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({moduleId}: TestSpecification): number => {
      const at = longest.findIndex((end) => moduleId.endsWith(end));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...filesLeftOut()],
    runner: 'test/rig/runner.ts',
    sequence: {sequencer: LongestFirst},
    globalSetup: ['test/prepare.ts'],
    reporters: ['default', 'test/tally.ts'],
    // Two cores: more workers only make the lab's clocks run unevenly.
    maxWorkers: 2,
    testTimeout: limit(30),
    hookTimeout: limit(60),
    expect: {poll: {timeout: limit(10)}},
  },
});
