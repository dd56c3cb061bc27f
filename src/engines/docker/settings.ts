import {
  boundMounts,
  commonConfig,
  commonHost,
  describeCapabilities,
  describeMounts,
  fixedByDefault,
  healthCheck,
  isRoot,
  otherOptions,
  plainCapability,
  sharedOptions,
  unprivileged,
} from '../oci/setting-parts.js';
import type {CommonSettings, End, JoinedNetwork, Dialect} from '../dialect.js';
import {askedHostname, hostNameOf} from './body.js';
import {aliasesOf, askedMac} from './endpoints.js';
import type {ObservedContainer} from '../facts.js';
import {
  asList,
  asRecord,
  at,
  flagAt,
  numberAt,
  textAt,
  textsAt,
  type JsonRecord,
} from '../../base/json.js';

/** What docker gives to every container, privileged ones and others aside (moby, oci/caps/defaults.go). */
const usual = [
  ...['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD'],
  ...['NET_BIND_SERVICE', 'NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

function capabilities(raw: unknown): readonly string[] {
  const names = (key: string): readonly string[] =>
    textsAt(raw, 'HostConfig', key).map(plainCapability);
  const dropped = new Set(names('CapDrop'));
  const kept = dropped.has('ALL') ? [] : usual.filter((each) => !dropped.has(each));
  return [...new Set([...kept, ...names('CapAdd')])];
}

function networks(raw: unknown, {version}: End): readonly JoinedNetwork[] {
  if (/^(?:host|none)$/.test(textAt(raw, 'HostConfig', 'NetworkMode'))) return [];
  return Object.entries(asRecord(at(raw, 'NetworkSettings', 'Networks'))).map(
    ([name, settings]) => ({
      network: name === 'bridge' ? '' : name,
      ips: ['IPv4Address', 'IPv6Address']
        .map((key) => textAt(settings, 'IPAMConfig', key))
        .filter((ip) => ip !== ''),
      mac: askedMac(raw, settings, version),
      aliases: aliasesOf(raw, settings),
    }),
  );
}

function read(raw: unknown, end: End): CommonSettings {
  const host = at(raw, 'HostConfig');
  const signal = textAt(raw, 'Config', 'StopSignal') || 'SIGTERM';
  const pids = numberAt(host, 'PidsLimit');
  return {
    config: {
      ...commonConfig(raw),
      Entrypoint: textsAt(raw, 'Config', 'Entrypoint'),
      Env: textsAt(raw, 'Config', 'Env'),
      Hostname: askedHostname(raw, hostNameOf(end.survey)),
      StopSignal: signal,
      ...healthCheck(raw, textsAt(raw, 'Config', 'Healthcheck', 'Test')),
    },
    host: {
      ...commonHost(raw),
      ...(pids > 0 && {PidsLimit: pids}),
      CgroupnsMode: textAt(host, 'CgroupnsMode') === 'host' ? 'host' : '',
      Ulimits: asList(at(host, 'Ulimits')).map((each) => ({
        Name: textAt(each, 'Name'),
        Soft: numberAt(each, 'Soft'),
        Hard: numberAt(each, 'Hard'),
      })),
      Sysctls: asRecord(at(host, 'Sysctls')),
      SecurityOpt: sharedOptions(raw),
    },
    networks: networks(raw, end),
    mounts: boundMounts(raw),
    ...(!flagAt(host, 'Privileged') && {capabilities: capabilities(raw)}),
  };
}

/** Fields of `HostConfig` that podman has no word for, or another meaning. */
const others = {
  Annotations: 'annotations',
  CgroupParent: 'a parent cgroup',
  DeviceCgroupRules: 'rules for devices',
  DeviceRequests: 'devices of a driver',
  Links: 'links to other containers',
  StorageOpt: 'options of its storage',
  BlkioDeviceReadBps: 'limits of a disk',
  BlkioDeviceReadIOps: 'limits of a disk',
  BlkioDeviceWriteBps: 'limits of a disk',
  BlkioDeviceWriteIOps: 'limits of a disk',
  BlkioWeightDevice: 'limits of a disk',
} as const;

const says = (value: unknown): boolean =>
  typeof value === 'string'
    ? value !== ''
    : Array.isArray(value)
      ? value.length > 0
      : Object.keys(asRecord(value)).length > 0;

const fixedOnDefault = (raw: unknown): boolean =>
  textsAt(
    {list: Object.values(asRecord(at(raw, 'NetworkSettings', 'Networks', 'bridge', 'IPAMConfig')))},
    'list',
  ).some((ip) => ip !== '');

function foreign(raw: unknown): readonly string[] {
  const host = asRecord(at(raw, 'HostConfig'));
  const added = textsAt(host, 'CapAdd').map(plainCapability);
  const domain = textAt(raw, 'Config', 'Domainname');
  const log = textAt(host, 'LogConfig', 'Type');
  const odd = asList(host['Mounts']).filter((mount) => textAt(mount, 'Type') === 'tmpfs');
  return [
    ...new Set(Object.entries(others).flatMap(([key, what]) => (says(host[key]) ? [what] : []))),
    ...otherOptions(raw).map((option) => `the security option "${option}"`),
    ...(domain === '' ? [] : [`the domain name "${domain}"`]),
    ...(added.includes('ALL') ? ['all capabilities'] : []),
    ...(added.length > 0 && !isRoot(textAt(raw, 'Config', 'User')) ? [unprivileged] : []),
    ...(['', 'json-file', 'local', 'journald'].includes(log) ? [] : [`the log driver "${log}"`]),
    ...(odd.length > 0 ? ['a memory file system by "--mount"'] : []),
    ...(fixedOnDefault(raw) ? [fixedByDefault] : []),
  ];
}

function describeNetworks(settings: CommonSettings): JsonRecord {
  return Object.fromEntries(
    settings.networks.map(({network, ips, mac, aliases}) => {
      const four = ips.find((ip) => !ip.includes(':'));
      const six = ips.find((ip) => ip.includes(':'));
      const asked = {...(four && {IPv4Address: four}), ...(six && {IPv6Address: six})};
      return [
        network || 'bridge',
        {
          IPAMConfig: ips.length > 0 ? asked : null,
          Aliases: aliases,
          MacAddress: mac,
        },
      ];
    }),
  );
}

function describe(settings: CommonSettings, container: ObservedContainer): JsonRecord {
  const {config, host} = settings;
  const main = settings.networks[0]?.network ?? '';
  return {
    Id: container.id,
    Name: `/${container.name}`,
    Image: `sha256:${container.image.id}`,
    Config: {...config, Image: container.image.name},
    HostConfig: {
      ...host,
      NetworkMode: textAt(host, 'NetworkMode') || main || 'bridge',
      ...describeCapabilities(settings, usual),
    },
    Mounts: describeMounts(settings),
    NetworkSettings: {Networks: describeNetworks(settings)},
  };
}

export const dockerDialect: Dialect = {
  network: 'bridge',
  storageDriver: 'overlay2',
  read,
  foreign,
  describe,
};
