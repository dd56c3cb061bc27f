import {expect, test} from 'vitest';
import {askDirty, checkDirty} from './dirty.js';
import {describeLab, expectExit} from './rig.js';
import {leftovers, plan, startBundle, where} from './runc-rig.js';

/** What needs a kernel that tracks memory. */
describeLab('bundles in virtual machines', {lab: 'rvm', images: ['dirty'], vm: {}}, (rig) => {
  test('runc pre-copy: rounds while it runs, every page right there and back again', async () => {
    const program = ['dirty', 'mib=80', 'rate=100', 'hot=1'];
    await startBundle(rig, 'dirty', {last: 31, network: 'hook', image: 'dirty'}, program);
    await expect
      .poll(() => askDirty(rig.ip(31), 'count').catch(String), {timeout: 60_000})
      .toMatch(/^count=/);
    let {written} = await checkDirty(rig.ip(31));
    for (const to of ['beta', 'alpha']) {
      const text = `containers: {dirty: {on: ${to}, strategy: pre-copy, verify: {tcp: 7000}}}\n`;
      const words = ['apply', await plan(rig, `to-${to}`, text), '--yes', '--json'];
      const moved = await rig.begin(words, {longestMs: 400_000}).ended;
      expectExit(moved, 0);
      expect(await where(rig, 'dirty')).toBe(`${to} running restored`);
      const rounds = moved.lines.filter(({type}) => type === 'round');
      expect(rounds[0]).toMatchObject({round: 1, skipped: 0});
      expect(rounds[0]?.['pages']).toBeGreaterThanOrEqual(20_480);
      // What is sent while it does not serve is no more than what it writes to, with room to spare.
      const frozen = moved.lines.find(
        ({type, step, bytes}) =>
          type === 'step-settled' && step === 'dirty/freeze' && bytes !== undefined,
      );
      expect(Number(frozen?.['bytes'])).toBeLessThan(20 * 2 ** 20);
      const seen = await checkDirty(rig.ip(31));
      expect(seen).toMatchObject({pages: 20_480, bad: 0, due: seen.memory});
      expect(seen.written).toBeGreaterThan(written);
      ({written} = seen);
      expect(await leftovers(rig, 'dirty')).toEqual([]);
    }
  }, 900_000);
});
