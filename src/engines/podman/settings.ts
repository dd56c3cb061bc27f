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
import type {CommonSettings, JoinedNetwork, Dialect} from '../dialect.js';
import type {ObservedContainer} from '../facts.js';
import {
  asRecord,
  asTextRecord,
  at,
  flagAt,
  numberAt,
  parseJson,
  textAt,
  textsAt,
  type JsonRecord,
} from '../../base/json.js';
import {askedNetworks, createWords, optionValues} from './asked.js';
import {askedUlimits} from './create-limits.js';
import {aliasesOf} from './create-network.js';
import {entrypointOf} from './create-process.js';
import {hostnameOf} from './create.js';
import {ownAnnotation, ownVariable} from './create-private.js';

/** What podman gives to every container (containers-common, default_capabilities). */
const usual = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETFCAP'],
  ...['SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT'],
];

/** podman's default where nothing was asked for. */
const usualPids = 2048;

/** podman sets `HOME` when it starts a container for the first time. */
function environment(raw: unknown): readonly string[] {
  const asked = optionValues(createWords(raw), '-e', '--env');
  const own = (variable: string): boolean =>
    ownVariable(raw, variable) || (variable.startsWith('HOME=') && !asked.includes(variable));
  return textsAt(raw, 'Config', 'Env').filter((variable) => !own(variable));
}

/** One text is for a shell, unless it is a list in JSON. */
function healthTest(raw: unknown): readonly string[] {
  const test = textsAt(raw, 'Config', 'Healthcheck', 'Test');
  const [only = ''] = test;
  if (test.length !== 1 || only === 'NONE') return test;
  const parsed = parseJson(only);
  const list = parsed.ok ? textsAt({list: parsed.value}, 'list') : [];
  return list.length > 0 ? list : ['CMD-SHELL', only];
}

const signals: Readonly<Record<number, string>> = {
  ...{1: 'SIGHUP', 2: 'SIGINT', 3: 'SIGQUIT', 9: 'SIGKILL', 10: 'SIGUSR1', 12: 'SIGUSR2'},
  ...{15: 'SIGTERM', 28: 'SIGWINCH'},
};

function stopSignal(raw: unknown): string {
  const told = at(raw, 'Config', 'StopSignal');
  return typeof told === 'number'
    ? (signals[told] ?? `${told}`)
    : textAt(raw, 'Config', 'StopSignal') || 'SIGTERM';
}

function networks(raw: unknown): readonly JoinedNetwork[] {
  if (/^(?:host|none)$/.test(textAt(raw, 'HostConfig', 'NetworkMode'))) return [];
  return [...askedNetworks(raw)].map(([name, {ips, mac = ''}]) => ({
    network: name === 'podman' ? '' : name,
    ips,
    mac,
    aliases: aliasesOf(raw, name),
  }));
}

/** Not in what podman tells: in the words that made it, or in its own specification of it. */
const sysctls = (raw: unknown): JsonRecord => ({
  ...asTextRecord(at(raw, 'Spec', 'sysctl')),
  ...Object.fromEntries(
    optionValues(createWords(raw), '--sysctl').map((word) => {
      const cut = word.indexOf('=');
      return [word.slice(0, cut), word.slice(cut + 1)];
    }),
  ),
});

function read(raw: unknown): CommonSettings {
  const host = at(raw, 'HostConfig');
  const pids = numberAt(host, 'PidsLimit');
  return {
    config: {
      ...commonConfig(raw),
      Entrypoint: entrypointOf(raw),
      Env: environment(raw),
      Hostname: hostnameOf(raw),
      StopSignal: stopSignal(raw),
      ...healthCheck(raw, healthTest(raw)),
    },
    host: {
      ...commonHost(raw),
      ...(pids > 0 && pids !== usualPids && {PidsLimit: pids}),
      CgroupnsMode: textAt(host, 'CgroupMode') === 'host' ? 'host' : '',
      Ulimits: askedUlimits(raw).map(({name, soft, hard}) => ({
        ...{Name: name, Soft: soft, Hard: hard},
      })),
      Sysctls: sysctls(raw),
      SecurityOpt: sharedOptions(raw),
    },
    networks: networks(raw),
    mounts: boundMounts(raw),
    ...(!flagAt(host, 'Privileged') && {
      capabilities: textsAt(raw, 'BoundingCaps').map(plainCapability),
    }),
  };
}

/** Options of `podman create` that docker has no word for. */
const others: Readonly<Record<string, string>> = {
  ...{'--tz': 'a time zone', '--timeout': 'a time after which it is ended'},
  ...{'--group-entry': 'entries of its group file', '--passwd-entry': 'entries of its passwd file'},
  ...{'--health-startup-cmd': 'a health check for its start', '--umask': 'a umask'},
  ...{
    '--chrootdirs': 'chroot folders',
    '--personality': 'a personality',
    '--gpus': 'devices of a driver',
  },
  ...{'--device-cgroup-rule': 'rules for devices', '--cgroup-conf': 'settings of its cgroup'},
  ...{'--cgroup-parent': 'a parent cgroup', '--hosts-file': 'a hosts file of its own'},
  ...{'--hostuser': 'a user of the host', '--init-path': 'an init program of its own'},
  ...{'--unsetenv': 'variables that are taken away', '--rdt-class': 'a class of resources'},
};

const says = (sentence: string, ...usual: readonly string[]): boolean =>
  sentence !== '' && !usual.includes(sentence);

function foreignService(config: unknown): readonly string[] {
  const notify = textAt(config, 'sdNotifyMode');
  const action = textAt(config, 'HealthcheckOnFailureAction');
  return [
    ...(flagAt(config, 'SystemdMode') ? [`podman's help for systemd in it ("--systemd")`] : []),
    ...(says(notify, 'container') ? [`"--sdnotify ${notify}"`] : []),
    ...(says(action, 'none') ? [`"--health-on-failure ${action}"`] : []),
  ];
}

function foreign(raw: unknown): readonly string[] {
  const config = at(raw, 'Config');
  const words = createWords(raw);
  const log = textAt(raw, 'HostConfig', 'LogConfig', 'Type');
  const annotations = Object.keys(asRecord(at(config, 'Annotations')));
  const asked = textsAt(raw, 'HostConfig', 'CapAdd');
  const named = Object.entries(others).flatMap(([name, what]) =>
    optionValues(words, name).length > 0 ? [what] : [],
  );
  return [
    ...new Set(named),
    ...otherOptions(raw).map((option) => `the security option "${option}"`),
    ...(annotations.some((name) => !ownAnnotation(name)) ? ['annotations'] : []),
    ...foreignService(config),
    ...(asked.length > 0 && !isRoot(textAt(config, 'User')) ? [unprivileged] : []),
    ...(says(log, 'k8s-file', 'json-file', 'journald') ? [`the log driver "${log}"`] : []),
    ...((askedNetworks(raw).get('podman')?.ips.length ?? 0) > 0 ? [fixedByDefault] : []),
  ];
}

function describeNetworks({networks: joined}: CommonSettings): {
  readonly told: JsonRecord;
  readonly asked: JsonRecord;
} {
  const named = joined.filter(({network}) => network !== '');
  return {
    told: Object.fromEntries(named.map(({network, aliases}) => [network, {Aliases: aliases}])),
    asked: Object.fromEntries(
      named.map(({network, ips, mac, aliases}) => [
        network,
        {static_ips: ips, ...(mac !== '' && {static_mac: mac}), aliases},
      ]),
    ),
  };
}

function describe(settings: CommonSettings, container: ObservedContainer): JsonRecord {
  const {config, host} = settings;
  const {told, asked} = describeNetworks(settings);
  return {
    Id: container.id,
    Name: container.name,
    Image: container.image.id,
    Config: config,
    HostConfig: {
      ...host,
      CgroupMode: textAt(host, 'CgroupnsMode'),
      ...describeCapabilities(settings, usual),
    },
    Mounts: describeMounts(settings),
    NetworkSettings: {Networks: told},
    Spec: {Networks: asked, sysctl: asRecord(at(host, 'Sysctls'))},
  };
}

export const podmanDialect: Dialect = {
  network: 'podman',
  storageDriver: 'overlay',
  read,
  foreign,
  describe,
};
