import {describe, expect, test} from 'vitest';
import type {Mount} from '../../src/engines/facts.js';
import type {JsonRecord} from '../../src/base/json.js';
import {runc} from '../../src/engines/bundle/engine.js';
import {bundleOf} from '../../src/engines/bundle/bundle.js';
import {aRuncPair, bundle, withConfig} from './runc-pair.js';

const scratch = '/run/cm/20260203-000000-abcd/0';
const folder = bundleOf(bundle('plain')).path;
const parent = folder.slice(0, folder.lastIndexOf('/'));

const bind = (source: string, destination: string) => ({
  ...{type: 'bind', source, destination, options: ['rbind', 'rw']},
});

const mountOf = ({source, destination}: ReturnType<typeof bind>): Mount => ({
  ...{kind: 'bind', name: destination, source, destination, readOnly: false},
});

const linux = {cgroupsPath: '/batch/plain', namespaces: [{type: 'network'}]};
const outside = bind('/srv/files', '/files');
const shared = bind('/srv/shared', '/shared');
const inside = bind(`${folder}/inner`, '/inner');

const first = () => {
  const config = {mounts: [outside, shared, {...inside, source: 'inner'}], linux};
  const {mounts, ...rest} = withConfig('plain', config);
  const [whole] = mounts;
  if (!whole) throw new Error('no bundle');
  return {...rest, mounts: [whole, ...[outside, shared, inside].map(mountOf)]};
};

function twinOf(change: JsonRecord = {}) {
  const {raw, ...rest} = first();
  const described = {...rest, raw: {...raw, config: {...raw.config, ...change}}};
  const own = described.mounts.filter(({name}) => name !== '/shared');
  const twin = runc.twin?.(described, 'twin', own);
  if (!twin) throw new Error('runc has none');
  return twin;
}

const besideOf = (change: JsonRecord = {}, running = true) => {
  const neighbours = [{id: 'p', name: 'plain', running, addresses: [], ports: []}];
  const pair = aRuncPair('plain', {container: twinOf(change), target: {neighbours}});
  const beside = runc.moves(pair, scratch).copy?.('plain', []);
  if (!beside) throw new Error('runc has none');
  return beside;
};

describe('a bundle beside the first one', () => {
  test('it has a folder of its own, and one for each that it writes to', () => {
    const {name, mounts, raw} = twinOf();
    expect(name).toBe('twin');
    expect(raw).toMatchObject({path: `${parent}/twin`, rootfs: `${parent}/twin/rootfs`});
    expect(mounts.map(({source}) => source)).toEqual([
      ...[`${parent}/twin`, '/srv/twin-files', '/srv/shared', `${parent}/twin/inner`],
    ]);
  });

  test('its config.json says the same', () => {
    const {config} = bundleOf(twinOf());
    expect(config).toMatchObject({
      mounts: [
        {source: '/srv/twin-files'},
        {source: '/srv/shared'},
        {source: `${parent}/twin/inner`},
      ],
      linux: {...linux, cgroupsPath: '/batch/twin'},
    });
  });

  test.each([
    ['', '/twin'],
    ['/plain', '/twin'],
    ['system.slice:runc:plain', '/twin'],
  ])('the cgroup "%s" becomes "%s"', (cgroupsPath, is) => {
    const {config} = bundleOf(twinOf({linux: {...linux, cgroupsPath}}));
    expect(config).toMatchObject({linux: {cgroupsPath: is}});
  });

  test('it is written where it is restored, with the mark of its run, and never as a word of a command', () => {
    const {restore} = besideOf({process: {env: ['SECRET=hush']}});
    const written = JSON.parse(restore.stdin ?? '') as JsonRecord;
    expect(written).toMatchObject({annotations: {'cm.as': scratch}, linux: {namespaces: [{}]}});
    expect(restore.stdin).toContain('hush');
    expect(restore.argv.join(' ')).not.toContain('hush');
    const words = [scratch, `${restore.stdin?.length ?? 0}`, `${parent}/twin`, '/batch/twin'];
    expect(restore.argv.slice(4, 8)).toEqual(words);
    // No digest, and no connection is kept.
    expect(restore.argv.slice(8)).toEqual([
      ...['twin', `${parent}/twin`, '', scratch, 'cm_twin', 'close', ''],
    ]);
  });

  test('only what bears the mark is removed', () => {
    const {discard} = besideOf();
    expect(discard.argv[2]).toContain(
      `grep -qF "\\"cm.as\\": \\"$scratch\\"" "$bundle/config.json"`,
    );
    expect(besideOf().restore.stdin).toContain(`"cm.as": "${scratch}"`);
  });

  test.each([
    ['of the host', []],
    ['of a name', [{type: 'network', path: '/run/netns/r4'}]],
  ])('on a network %s that the first one is on, it is refused', (_, namespaces) => {
    const {refusals} = besideOf({linux: {...linux, namespaces}});
    expect(refusals.map(({code}) => code)).toEqual(['network-shared']);
  });

  test('with a network of its own it is not', () => {
    expect(besideOf().refusals).toEqual([]);
  });
});
