import {describe, expect, test} from 'vitest';
import {createBody} from '../../src/engines/docker/body.js';
import {createQuestion} from '../../src/engines/docker/created.js';
import {differences} from '../../src/engines/docker/differences.js';
import {dockerMoves} from '../../src/engines/docker/moves.js';
import type {JsonRecord} from '../../src/base/json.js';
import {aPair, container, surveyed} from './docker-pair.js';

const hosts = {source: 'alpha', target: 'beta'};
const rich = container('rich');
const raw = rich.raw as JsonRecord;

const withConfig = (part: 'Config' | 'HostConfig', change: JsonRecord): JsonRecord => ({
  ...raw,
  [part]: {...(raw[part] as JsonRecord), ...change},
});

describe('the same container once more', () => {
  test('its settings are handed over as they are, and it does not start by itself', () => {
    const {create, joins} = createBody(aPair({container: rich}), false);
    expect(create).toMatchObject({
      Hostname: 'hosty',
      Env: [`Q=it's "x" $HOME\nsecond`, 'EMPTY='],
      Entrypoint: ['/bin/sh'],
      Healthcheck: {Test: ['CMD-SHELL', 'true'], Interval: 7e9, Retries: 4},
      HostConfig: {
        Binds: ['vdata:/data:ro', '/srv/bind:/bind'],
        RestartPolicy: {Name: 'no'},
        NetworkMode: 'own',
        Ulimits: [{Name: 'nofile', Hard: 2000, Soft: 1000}],
        Annotations: {'x.y': 'z'},
      },
      NetworkingConfig: {
        EndpointsConfig: {
          own: {
            IPAMConfig: {IPv4Address: '172.30.0.20'},
            Aliases: ['web'],
            MacAddress: '02:11:22:33:44:55',
          },
        },
      },
    });
    // chosen by docker, and so by the docker of the target
    expect(joins).toEqual([{network: 'second', settings: {IPAMConfig: null, Aliases: ['other']}}]);
  });

  test('an anonymous volume keeps its name, which its content goes to', () => {
    const {create} = createBody(aPair({container: rich}), false);
    const {Mounts} = create['HostConfig'] as {Mounts: readonly JsonRecord[]};
    const anonymous = rich.mounts.find(({destination}) => destination === '/anon');
    expect(Mounts).toContainEqual({
      ...{Type: 'volume', Source: anonymous?.name, Target: '/anon', ReadOnly: false},
    });
  });

  test('an address on the wire that docker chose is kept where connections hang on it', () => {
    const auto = container('auto');
    const [address] = auto.addresses;
    expect(address).toMatchObject({network: 'lan', fixed: false});
    const settings = (pinned: boolean): unknown =>
      createBody(aPair({container: auto}), pinned).create['NetworkingConfig'];
    expect(settings(true)).toMatchObject({
      EndpointsConfig: {lan: {IPAMConfig: {IPv4Address: address?.ip}}},
    });
    expect(settings(false)).toMatchObject({EndpointsConfig: {lan: {IPAMConfig: null}}});
  });

  test('a name that docker gave, or that is the host’s own, is not asked for', () => {
    for (const name of ['redis', 'host'])
      expect(createBody(aPair({container: container(name)}), false).create).toMatchObject({
        ...{Hostname: '', Domainname: ''},
      });
  });

  test('of the image the name is used where it means the same there, and else the ID', () => {
    const image = (target: typeof surveyed.images): unknown =>
      createBody(aPair({target: {images: target}}), false).create['Image'];
    const {id, name} = container('redis').image;
    expect(image([])).toBe(name);
    expect(image([{id, names: [name]}])).toBe(name);
    expect(image([{id, names: []}])).toBe(`sha256:${id}`);
    expect(image([{id: 'other', names: [name]}])).toBe(`sha256:${id}`);
  });

  test('nothing that may be secret is a word of a command', () => {
    const {command} = createQuestion(aPair({container: rich}), '/at', '/scratch', false);
    expect(command.argv.join(' ')).not.toContain('HOME');
    expect(command.stdin?.split('\n').map((line) => line.slice(0, 1))).toEqual(['{', '{', '']);
  });
});

describe('what was lost', () => {
  test('nothing, where it is the same but for what is of one host', () => {
    const after = {
      ...raw,
      Id: 'f'.repeat(64),
      ...{HostConfig: {...(raw['HostConfig'] as JsonRecord), RestartPolicy: {Name: 'no'}}},
    };
    expect(differences(raw, after, hosts)).toEqual([]);
  });

  test.each([
    [withConfig('Config', {Env: ['EMPTY=']}), 'variable Q: differs'],
    [withConfig('Config', {Env: [`Q=it's "x" $HOME\nsecond`]}), 'variable EMPTY: differs'],
    [withConfig('Config', {User: ''}), 'Config.User: was "1:2", is ""'],
    [withConfig('Config', {Labels: {}}), 'label a: was ""b"", is ""'],
    [withConfig('HostConfig', {Privileged: true}), 'HostConfig.Privileged: was "", is "true"'],
    [withConfig('HostConfig', {ShmSize: 1}), 'HostConfig.ShmSize: was "33554432", is "1"'],
    [{...raw, Mounts: []}, 'mount /data: was "volume vdata ro ", is ""'],
    [{...raw, Image: 'sha256:0'}, 'image: was'],
    [{...raw, NetworkSettings: {Networks: {}}}, 'network second: was "joined other", is ""'],
  ])('%#', (after, said) => {
    expect(differences(raw, after, hosts).some((each) => each.startsWith(said))).toBe(true);
  });
});

describe('an image', () => {
  const layers = (...names: readonly string[]) => names.map((name) => `sha256:${name}`);
  const {id} = container('redis').image;
  const survey = (images: readonly {id: string; layers: readonly string[]}[], others: object) => ({
    images: images.map((each) => ({id: each.id, names: []})),
    raw: {
      ...others,
      images: images.map((each) => ({Id: `sha256:${each.id}`, Layers: each.layers})),
    },
  });
  const info = surveyed.raw as object;
  const sent = (...there: readonly (readonly string[])[]): readonly string[] | undefined => {
    const source = survey([{id, layers: layers('a', 'b', 'c', 'b')}], info);
    const images = there.map((each, index) => ({id: `${index}`, layers: layers(...each)}));
    const {image} = dockerMoves(aPair({source, target: survey(images, info)}), '/scratch');
    return image?.send.argv.slice(5);
  };

  test('is not sent where it is', () => {
    const {image} = dockerMoves(aPair({target: {images: [{id, names: []}]}}), '/scratch');
    expect(image).toBeUndefined();
  });

  test('is sent without the layers that are there with all beneath them', () => {
    expect(sent()).toEqual([]);
    expect(sent(['a'])).toEqual(['blobs/sha256/a']);
    expect(sent(['b', 'a'])).toEqual([]);
    // one that comes again further up has to be there
    expect(sent(['a', 'b', 'c', 'd'], ['x'])).toEqual(['blobs/sha256/a', 'blobs/sha256/c']);
  });
});
