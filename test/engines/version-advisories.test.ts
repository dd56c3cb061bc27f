import {describe, expect, test} from 'vitest';
import {
  criuAdvisories,
  podmanAdvisories,
  podmanForRestartPolicies,
  runtimesForRounds,
} from '../../src/engines/criu/advisories.js';
import {
  advisories,
  advisoriesFor,
  type Versioned,
} from '../../src/engines/criu/version-advisories.js';
import {refusals} from '../../src/engines/podman/refusals.js';
import {isOlder} from '../../src/engines/host/versions.js';
import {aPair} from './podman-pair.js';

const ids = (versions: Partial<Record<Versioned, string>>): readonly string[] =>
  advisoriesFor(versions).map(({id}) => id);

describe('advisories of versions', () => {
  test.each([
    [{criu: '4.2.1', kernel: '6.18.44-fc'}, []],
    [{criu: '4.1.1', kernel: '6.18.44'}, ['criu-socket-options']],
    [{criu: '4.1.1', kernel: '6.16.0-rc1'}, ['criu-socket-options']],
    [{criu: '4.1.1', kernel: '6.15.9'}, []],
    [{criu: '4.2', kernel: '6.16'}, []],
    [{criu: '4.0', kernel: '6.13'}, ['criu-vvar']],
    [{criu: '4.0', kernel: '6.12.9'}, []],
    [{criu: '3.16.1', kernel: '6.1'}, ['criu-rseq']],
    [{criu: '3.17', kernel: '5.12.19'}, ['kernel-rseq']],
    [{criu: '3.17', kernel: '5.13'}, []],
    [{podman: '5.0.3'}, ['podman-restart-policy']],
    [{podman: '3.4.4'}, ['podman-file-locks', 'podman-restart-policy']],
    [{podman: '5.1.0'}, []],
    [{runc: '1.0.0-rc93'}, []],
    [{runc: '0.1.1'}, ['runc-rounds']],
    [{crun: '1.4.1'}, ['crun-rounds']],
    [{crun: '1.4.2'}, []],
    [{crun: ''}, []],
    [{}, []],
  ] satisfies readonly (readonly [Partial<Record<Versioned, string>>, readonly string[]])[])(
    '%j',
    (versions, expected) => {
      expect(ids(versions)).toEqual(expected);
    },
  );

  test('each is called something of its own, says what to do, and where it is written', () => {
    expect(new Set(advisories.map(({id}) => id)).size).toBe(advisories.length);
    for (const {applies, happens, wayOut, see} of advisories) {
      expect(Object.keys(applies).length).toBeGreaterThan(0);
      for (const {from = '0', before = '999'} of Object.values(applies))
        expect(isOlder(from, before)).toBe(true);
      for (const text of [happens, wayOut]) expect(text).toMatch(/^[^A-Z].*[^.]$/);
      expect(see).toMatch(/^https:\/\/github\.com\//);
    }
  });

  /** Whatever is said to be refused is refused, for the very versions, by the rules of the engine. */
  test.each(advisories.filter(({refused}) => refused))('$id is refused', ({applies, stops}) => {
    const last = (program: Versioned): string => {
      const {before, from} = applies[program] ?? {};
      return before === undefined ? (from ?? '') : `0.${before}`;
    };
    const change = {
      ...(applies.kernel && {kernel: last('kernel')}),
      ...(applies.criu && {criu: {version: last('criu'), memoryTracking: true, complaints: []}}),
      ...(applies.runc && {runtime: 'runc', runtimeVersion: last('runc')}),
      ...(applies.crun && {runtime: 'crun', runtimeVersion: last('crun')}),
    };
    const pair = applies.podman ? {sourceVersion: last('podman')} : {};
    for (const strategy of stops) {
      const whole = aPair({source: change, pair});
      expect(refusals(strategy, whole).length).toBeGreaterThan(0);
    }
  });

  test('the preflight asks the same facts', () => {
    expect(criuAdvisories.map(({kernel, criu}) => [kernel, criu])).toEqual([
      ['6.16', '4.2'],
      ['6.13', '4.1'],
      ['0', '3.17'],
    ]);
    expect(podmanAdvisories.map(({podman}) => podman)).toEqual(['4.0.0']);
    expect(podmanForRestartPolicies.map(({podman}) => podman)).toEqual(['5.1.0']);
    expect(runtimesForRounds).toEqual({runc: '1.0.0', crun: '1.4.2'});
  });
});
