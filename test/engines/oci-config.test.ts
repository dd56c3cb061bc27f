import fc from 'fast-check';
import {expect, test} from 'vitest';
import {readOciConfig} from '../../src/engines/oci/config.js';

test('a configuration is read as every runtime reads it', () => {
  const config = {
    process: {args: ['a: b', '"hooks":'], env: ['X={"Hooks":1}']},
    annotations: {Hooks: 'free', hooks: 'free'},
    linux: {sysctl: {Type: '1'}},
  };
  expect(readOciConfig(JSON.stringify(config, undefined, 2))).toEqual({ok: true, value: config});
});

test.each([
  ['a key in another case', '{"Hooks":{}}'],
  ['deep down', '{"linux":{"Namespaces":[]}}'],
  ['with a letter that folds', '{"hoo\u212as":{}}'],
  ['the other', '{"mount\u017f":[]}'],
  ['escaped', '{"\\u0048ooks":{}}'],
  ['twice', '{"hooks":{"createRuntime":[]},"hooks":{}}'],
  ['twice, once escaped', '{"hooks":{},"\\u0068ooks":{}}'],
  ['a list', '[]'],
  ['cut off', '{"hooks":'],
])('%s is refused', (_, text) => {
  expect(readOciConfig(text).ok).toBe(false);
});

test('no key of the specification may be spelt in another way', () => {
  const keys = [
    'hooks',
    'mounts',
    'namespaces',
    'capabilities',
    'devices',
    'seccomp',
    'cgroupsPath',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.nat(), (key, seed) => {
      const at = seed % key.length;
      const letter = key.charAt(at);
      const other = letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
      const odd = key.slice(0, at) + other + key.slice(at + 1);
      expect(readOciConfig(`{"linux":{"${odd}":[]}}`).ok).toBe(false);
    }),
  );
});
