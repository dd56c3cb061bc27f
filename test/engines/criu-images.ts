/** Images of CRIU, put together by the rules of protocol buffers. */

type Part = number | string | readonly Fields[] | Fields;
/** Fields of a message: a number, a text, a message or several of them. */
export interface Fields {
  readonly [field: number]: Part;
}

export const varint = (value: number): readonly number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

const bytes = (field: number, content: readonly number[]): readonly number[] => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];

const encoded = (field: number, part: Part): readonly number[] => {
  if (typeof part === 'number') return [...varint(field * 8), ...varint(part)];
  if (typeof part === 'string') return bytes(field, [...new TextEncoder().encode(part)]);
  if (Array.isArray(part))
    return (part as readonly Fields[]).flatMap((each) => bytes(field, message(each)));
  return bytes(field, message(part));
};

export const message = (fields: Fields): readonly number[] =>
  Object.entries(fields).flatMap(([field, part]) => encoded(Number(field), part as Part));

const word = (value: number): readonly number[] =>
  [0, 8, 16, 24].map((shift) => Math.floor(value / 2 ** shift) % 256);

const magics: Readonly<Record<string, number>> = {
  ...{inventory: 0x58313116, core: 0x55053847, ids: 0x54432030},
  ...{mountpoints: 0x55563928, cgroup: 0x59383330, files: 0x56303138},
};

export function image(name: string, messages: readonly (readonly number[])[]): readonly number[] {
  const kind = name.replace(/(?:-\d+)?\.img$/, '');
  const head = [...(kind === 'inventory' ? [] : word(0x54564319)), ...word(magics[kind] ?? 0)];
  return [...head, ...messages.flatMap((each) => [...word(each.length), ...each])];
}

export const host = {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 2, 7: 3, 8: 4, 9: 5, 10: 6, 11: 7};
export const own = {...host, 5: 11, 6: 12, 7: 13, 8: 14, 9: 15, 11: 16};
export const mount = (at: string, kind: number, more: Fields = {}): Fields => ({
  ...{1: kind, 2: 100, 3: 1, 4: 1, 5: 0, 6: '/', 7: at, 8: 'x', 9: ''},
  ...more,
});
export const readOnly = {5: 1};
export const group = (
  name: string,
  settings: readonly string[] = ['memory.max'],
  children: readonly Fields[] = [],
): Fields => ({
  1: name,
  2: children,
  3: settings.map((setting) => ({1: setting, 2: '1'})),
});
export const creds = (...capabilities: readonly number[]): Fields => ({
  ...{1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 12: capabilities[0] ?? 0, 13: 0},
});
export const core = (thread: Fields): Fields => ({
  1: 1,
  3: {1: 1, 2: 0, 3: 0, 4: 0, 5: 0, 6: 'app'},
  5: thread,
});
export const thread: Fields = {1: 0, 2: 0, 10: creds(0b11), 11: 2, 12: 0};

export type Images = Readonly<Record<string, readonly Fields[]>>;

/** The images of a container that asks for nothing; `name` is the last part of its control group. */
export const honestImages = (name: string): Images => ({
  'inventory.img': [{1: 2, 3: host}],
  'ids-1.img': [own],
  'core-1.img': [core(thread)],
  'files.img': [
    {1: 1, 2: 1},
    {1: 4, 2: 2},
  ],
  'mountpoints-12.img': [
    mount('/', 17, {2: 50}),
    mount('/proc', 1, {2: 60}),
    mount('/proc/sys', 1, {...readOnly, 4: 60, 6: '/sys'}),
    mount('/proc/sysrq-trigger', 1, {...readOnly, 4: 60, 6: '/sysrq-trigger'}),
    mount('/proc/kcore', 5, {4: 60, 6: '/null'}),
    mount('/sys', 2, readOnly),
    mount('/sys/fs/cgroup', 23, readOnly),
    mount('/dev', 5),
    mount('/data', 16, {18: '/data'}),
    mount('/etc/app', 16, {18: '/etc/app', ...readOnly}),
  ],
  'cgroup.img': [
    {
      1: [{1: 1, 2: [{1: '', 2: `/libpod_parent/${name}`}]}],
      2: [
        {
          1: '',
          2: [group(`libpod_parent/${name}`, ['memory.max', 'cgroup.type'], [group('inner')])],
        },
        {1: 'devices', 2: [{1: '', 3: [{1: 'devices.list', 2: 'a *:* rwm'}]}]},
      ],
    },
  ],
});

/** As the script prints it. */
export function printed(
  images: Readonly<Record<string, readonly number[]>>,
  others: readonly string[] = [],
): string {
  const content = Buffer.from(Object.values(images).flat()).toString('base64');
  const sizes = Object.entries(images).map(([name, each]) => `${each.length} ${name}`);
  return [
    ...['@@cm\tprotectable', '/proc/sys', '/proc/sysrq-trigger'],
    ...['@@cm\tnames', ...Object.keys(images), ...others, '@@cm\tsizes', ...sizes],
    ...['@@cm\tcontent', content, '@@cm\tend'],
  ].join('\n');
}

export const encodedImages = (images: Images) =>
  Object.fromEntries(
    Object.entries(images).map(([name, all]) => [name, image(name, all.map(message))]),
  );
