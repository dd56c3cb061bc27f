import {describe, expect, test} from 'vitest';
import {imageDifferences, type PlannedProcesses} from '../../src/engines/criu/image-differences.js';
import {readImages, type CriuImages} from '../../src/engines/criu/images.js';
import {sections} from '../../src/engines/host/sections.js';
import {
  core,
  creds,
  encodedImages,
  group,
  honestImages,
  image,
  message,
  mount,
  own,
  printed,
  readOnly,
  thread,
  varint,
  type Fields,
  type Images,
} from './criu-images.js';
import {Random} from '../fuzz/random.js';
import {plannedOci} from '../../src/engines/oci/planned.js';
import {recording, valueOf} from './recording.js';

const honest = honestImages('libpod-a');

const planned: PlannedProcesses = {
  ...{capabilities: ['CHOWN', 'DAC_OVERRIDE'], shared: [], isFiltered: true, isUnmasked: false},
  protects: ['/proc/sys', '/proc/sysrq-trigger'],
  ...{writesCgroups: false, readOnly: ['/etc/app'], cgroups: ['libpod-a']},
};

const read = (text: string): CriuImages => valueOf(readImages(valueOf(sections(text))));

const differ = (
  images: Images,
  others: readonly string[] = [],
  more: Partial<PlannedProcesses> = {},
) => imageDifferences(read(printed(encodedImages(images), others)), {...planned, ...more});

test('what was planned is taken', () => {
  expect(differ(honest, ['pages-1.img', 'descriptors.json', 'tmpfs-dev-9.tar.gz.img'])).toEqual([]);
});

const mounts = honest['mountpoints-12.img'] ?? [];
const without = (at: string): readonly Fields[] => mounts.filter((each) => each[7] !== at);
const inCgroup = (head: Fields, path = '/libpod_parent/libpod-a'): Images => ({
  'cgroup.img': [{1: [{1: 1, 2: [{1: '', 2: path}]}], 2: [{1: '', 2: [head]}]}],
});
const threads = (changed: Fields): Images => ({'core-1.img': [core({...thread, ...changed})]});

/** What a source may write into images, and what is said of it. */
const lies: Readonly<Record<string, readonly [images: Images, said: string]>> = {
  'the mounts of the host': [
    {'ids-1.img': [{...own, 9: 5}]},
    'its images have the mnt namespace of the host',
  ],
  'the processes of the host': [
    {'ids-1.img': [{...own, 5: 1}]},
    'its images have the pid namespace of the host',
  ],
  'the network of the host': [
    {'ids-1.img': [{...own, 6: 2}]},
    'its images have the net namespace of the host',
  ],
  'a namespace that is told twice': [
    {'ids-1.img': [{...own, 9: 5}], 'ids-2.img': [own]},
    'its images have the mnt namespace of the host',
  ],
  'namespaces in the core': [
    {'core-1.img': [{...core(thread), 4: {...own, 9: 5}}]},
    'its images have the mnt namespace of the host',
  ],
  'no namespaces': [{'inventory.img': [{1: 2}]}, 'its images do not tell its namespaces'],
  'another capability': [
    threads({10: creds(0b11 + 2 ** 21)}),
    'its images have the capability SYS_ADMIN',
  ],
  'a capability in one set alone': [
    threads({10: {...creds(3), 11: 2 ** 31}}),
    'its images have the capability SETFCAP',
  ],
  'no credentials': [
    {'core-1.img': [core({1: 0, 2: 0, 11: 2})]},
    'its images do not tell its capabilities',
  ],
  'no filter': [threads({11: 0}), 'its images have no filter of system calls'],
  'the disk of the host': [
    {'mountpoints-12.img': [...mounts, mount('/mnt', 16)]},
    'its images mount a file system of kind 16 at "/mnt"',
  ],
  'an overlay of folders of the host': [
    {'mountpoints-12.img': [...mounts, mount('/mnt', 17, {9: 'lowerdir=/root,upperdir=/root'})]},
    'its images mount a file system of kind 17 at "/mnt"',
  ],
  debugfs: [
    {'mountpoints-12.img': [...mounts, mount('/sys/kernel/debug', 11)]},
    'its images mount a file system of kind 11 at "/sys/kernel/debug"',
  ],
  'the devices of the host': [
    {'mountpoints-12.img': [...mounts, mount('/tmp/dev', 3)]},
    'its images mount a file system of kind 3 at "/tmp/dev"',
  ],
  'a second proc': [
    {'mountpoints-12.img': [...mounts, mount('/tmp/proc', 1)]},
    'its images mount a file system of kind 1 at "/tmp/proc"',
  ],
  'a proc over the protected one': [
    {'mountpoints-12.img': [...mounts, mount('/proc', 1, {2: 61})]},
    'its images mount /proc twice',
  ],
  'a protection that is beneath': [
    {
      'mountpoints-12.img': [
        ...without('/proc/sys'),
        mount('/proc/sys', 1, {...readOnly, 4: 50, 6: '/sys'}),
      ],
    },
    'its images mount a file system of kind 1 at "/proc/sys"',
  ],
  'no protection': [
    {'mountpoints-12.img': without('/proc/sys')},
    'its images do not protect /proc/sys',
  ],
  'a sysfs to write to': [
    {'mountpoints-12.img': [...without('/sys'), mount('/sys', 2)]},
    'its images mount a file system of kind 2 at "/sys"',
  ],
  'a folder to write to that was to be read': [
    {'mountpoints-12.img': [...without('/etc/app'), mount('/etc/app', 16, {18: '/etc/app'})]},
    'its images let it write to "/etc/app"',
  ],
  'something over the root': [
    {'mountpoints-12.img': [...mounts, mount('/', 17, {9: 'lowerdir=/'})]},
    'its images have 2 roots',
  ],
  'a path that is another place': [
    {'mountpoints-12.img': [...mounts, mount('/dev/../proc', 5)]},
    'its images mount something at "/dev/../proc"',
  ],
  'a folder to be read, mounted elsewhere': [
    {'mountpoints-12.img': [...mounts, mount('/tmp/x', 16, {18: '/etc/app'})]},
    'its images let it write to "/tmp/x"',
  ],
  'the same in an older form': [
    {'mountpoints-12.img': [...mounts, mount('/tmp/x', 16, {6: '/etc/app', 13: 1})]},
    'its images let it write to "/tmp/x"',
  ],
  'the control groups of the host': [
    {'ids-1.img': [{...own, 11: 7}]},
    'its images have the cgroup namespace of the host',
  ],
  'a tunnel': [{'files.img': [{1: 15, 2: 1}]}, 'its images have a tunnel'],
  'a packet socket': [{'files.img': [{1: 10, 2: 1}]}, 'its images have a packet socket'],
  'a file that is a namespace of the host': [
    {'files.img': [{1: 14, 2: 1, 5: {1: 1, 2: 5, 3: 0, 4: 0}}]},
    'its images have a namespace of the host as a file',
  ],
  'a setting of a control group that is any file': [
    inCgroup(group('libpod_parent/libpod-a', ['../../../etc/cron.d/x'])),
    'its images have the setting "../../../etc/cron.d/x" of a control group',
  ],
  'a setting that kills': [
    inCgroup(group('libpod_parent/libpod-a', [], [group('inner', ['cgroup.kill'])])),
    'its images have the setting "cgroup.kill" of a control group',
  ],
  'a program that the kernel starts': [
    inCgroup(group('libpod_parent/libpod-a', ['release_agent'])),
    'its images have the setting "release_agent" of a control group',
  ],
  'the control group of another container': [
    inCgroup(group('libpod_parent/libpod-b')),
    'its images make the control group "libpod_parent/libpod-b"',
  ],
  'every device': [
    inCgroup({
      1: 'libpod_parent/libpod-a',
      3: [{1: 'devices.list', 2: 'c 1:3 rwm\nb *:* m\na *:* rwm'}],
    }),
    'its images let it use every device',
  ],
  'a control group elsewhere': [
    inCgroup(group('libpod_parent/libpod-a'), '/libpod_parent/../../x'),
    'its images have the control group "/libpod_parent/../../x"',
  ],
};

test.each(Object.entries(lies))('%s: told', (_, [images, said]) => {
  expect(differ({...honest, ...images})).toEqual([said]);
});

test.each([
  ...['binfmt-misc-7.img', 'binfmt-misc.img', 'apparmor.img', 'bpfmap-file.img', 'tunfile.img'],
  ...['autofs-1.img', 'creds-1.img', 'reg-files.img', 'userns-1.img', 'anything', 'criu.conf'],
])('a file "%s" is none of a container', (name) => {
  expect(differ(honest, [name])).toEqual([`its images have "${name}"`]);
});

test('a file of /proc that is hidden by an empty one is as always', () => {
  const hidden = mount('/proc/keys', 3, {4: 60, 6: '/null'});
  expect(differ({...honest, 'mountpoints-12.img': [...mounts, hidden]})).toEqual([]);
});

test('a group of systemd, and one that a runtime makes within it, are its own', () => {
  const cgroups = ['libpod-a.scope'];
  for (const path of ['machine.slice/libpod-a.scope', 'machine.slice/libpod-a.scope/container'])
    expect(differ({...honest, ...inCgroup(group(path), `/${path}`)}, [], {cgroups})).toEqual([]);
});

test('more is taken where it was planned', () => {
  const more = {
    capabilities: 'all',
    shared: ['net', 'pid'],
    isFiltered: false,
    isUnmasked: true,
  } as const;
  const images = {
    ...honest,
    'ids-1.img': [{...own, 5: 1, 6: 2}],
    ...threads({10: creds(2 ** 31), 11: 0}),
    'mountpoints-12.img': [mount('/', 17), mount('/proc', 1), mount('/sys', 2)],
  };
  expect(differ(images, [], more)).toEqual([]);
});

test('images that are cut off, of another kind or no images at all are refused', () => {
  const whole = encodedImages(honest);
  const refused = (images: Readonly<Record<string, readonly number[]>>): void => {
    const told = readImages(valueOf(sections(printed(images))));
    expect(told.ok).toBe(false);
  };
  for (const [name, content] of Object.entries(whole))
    for (const other of [content.slice(0, -1), [...content, 0], content.slice(4), []])
      refused({...whole, [name]: other});
  refused({...whole, 'core-1.img': whole['ids-1.img'] ?? []});
});

test('a field that may be there once counts for nothing when it is there twice', () => {
  const twice = [...message(own), ...message({9: 15, 5: 11})];
  const images = {...encodedImages(honest), 'ids-1.img': image('ids-1.img', [twice])};
  expect(imageDifferences(read(printed(images)), planned)).toEqual([
    ...['pid', 'mnt'].map((type) => `its images have the ${type} namespace of the host`),
  ]);
});

/** Of a redis that podman 5.4.2 ran with runc 1.1.15, on a kernel without /proc/sysrq-trigger. */
const recorded = JSON.parse(recording('criu-4.2.1-images')) as Readonly<
  Record<'id' | 'answer', string> & {spec: unknown}
>;

describe('what CRIU really wrote', () => {
  const {id, spec, answer} = recorded;
  const given = plannedOci(spec, [`libpod-${id}`]);

  test('is what podman asked for', () => {
    expect(imageDifferences(read(answer), given)).toEqual([]);
  });

  test.each<[string, Partial<PlannedProcesses>, RegExp]>([
    [
      'another container',
      {cgroups: ['libpod-b']},
      /^its images make the control group "libpod_parent\//,
    ],
    ['fewer capabilities', {capabilities: ['KILL']}, /^its images have the capability CHOWN$/],
    ['a volume to read', {readOnly: ['/data']}, /^its images let it write to "\/data"$/],
  ])('is not that of %s', (_, more, said) => {
    expect(imageDifferences(read(answer), {...given, ...more})[0]).toMatch(said);
  });

  test('no damage makes it another container without a word, or a reader fall', () => {
    const at = answer.indexOf('@@cm\tcontent\n') + '@@cm\tcontent\n'.length;
    const random = new Random(15);
    for (let round = 0; round < 400; round += 1) {
      const bytes = Buffer.from(answer.slice(at), 'base64');
      for (let change = random.below(4); change >= 0; change -= 1)
        bytes[random.below(bytes.length)] = random.below(256);
      const told = readImages(
        valueOf(sections(`${answer.slice(0, at)}${bytes.toString('base64')}\n@@cm\tend`)),
      );
      if (told.ok) imageDifferences(told.value, given);
    }
  });
});

test('control groups without end are no reason to fall', () => {
  let inner: readonly number[] = [];
  for (let depth = 0; depth < 5000; depth += 1) inner = [18, ...varint(inner.length), ...inner];
  const cgroup = [...message({1: [{1: 1}]}), ...[18, ...varint(inner.length), ...inner]];
  const images = {...encodedImages(honest), 'cgroup.img': image('cgroup.img', [cgroup])};
  expect(imageDifferences(read(printed(images)), planned)).toContain(
    'its images nest control groups without end',
  );
});
