import {asList, asRecord, at, flagAt, numberAt, textAt, textsAt} from '../../base/json.js';
import {askedNetworks, createWords, optionValues} from './asked.js';

/** podman adds the short ID and the hostname to the aliases of every network; those are not asked for. */
export function aliasesOf(raw: unknown, network: string): readonly string[] {
  const settings = at(raw, 'NetworkSettings', 'Networks', network);
  const own = [textAt(raw, 'Id').slice(0, 12), textAt(raw, 'Config', 'Hostname')];
  return textsAt(settings, 'Aliases').filter((alias) => !own.includes(alias));
}

/** In the order in which they were asked for: the first one becomes eth0. */
function networkNames(raw: unknown): readonly string[] {
  const names = Object.keys(asRecord(at(raw, 'NetworkSettings', 'Networks')));
  const spoken = optionValues(createWords(raw), '--network', '--net').flatMap((value) =>
    value.includes(':') ? [value.replace(/:.*$/s, '')] : value.split(','),
  );
  const asked = spoken.filter((name) => names.includes(name));
  return [...new Set([...asked, ...names])];
}

function oneNetwork(raw: unknown, name: string): string {
  const asked = askedNetworks(raw).get(name);
  const options = [
    ...(asked?.ips ?? []).map((ip) => `${ip.includes(':') ? 'ip6' : 'ip'}=${ip}`),
    ...(asked?.mac === undefined ? [] : [`mac=${asked.mac}`]),
    ...(asked?.interfaceName === undefined ? [] : [`interface_name=${asked.interfaceName}`]),
    ...aliasesOf(raw, name).map((alias) => `alias=${alias}`),
  ];
  return options.length === 0 ? name : `${name}:${options.join(',')}`;
}

function portFlags(raw: unknown): readonly string[] {
  const bindings = Object.entries(asRecord(at(raw, 'HostConfig', 'PortBindings')));
  const published = bindings.flatMap(([port, places]) =>
    asList(places).map((place) => {
      const ip = textAt(place, 'HostIp');
      // podman writes 0.0.0.0 for every address, of version 6 too
      const host = ip === '' || ip === '0.0.0.0' ? '' : `${ip.includes(':') ? `[${ip}]` : ip}:`;
      return `--publish=${host}${numberAt(place, 'HostPort')}:${port}`;
    }),
  );
  const bound = new Set(bindings.map(([port]) => port));
  const exposed = Object.keys(asRecord(at(raw, 'Config', 'ExposedPorts')))
    .filter((port) => !bound.has(port))
    .map((port) => `--expose=${port}`);
  return [...published, ...exposed];
}

function nameFlags(raw: unknown): readonly string[] {
  const host = at(raw, 'HostConfig');
  const flags = (name: string, key: string): readonly string[] =>
    textsAt(host, key).map((value) => `${name}=${value}`);
  return [
    ...flags('--dns', 'Dns'),
    ...flags('--dns-option', 'DnsOptions'),
    ...flags('--dns-search', 'DnsSearch'),
    ...flags('--add-host', 'ExtraHosts'),
    ...(flagAt(raw, 'UseImageHosts') ? ['--no-hosts'] : []),
    ...(flagAt(raw, 'UseImageHostname') ? ['--no-hostname'] : []),
  ];
}

/** Networks with what was asked of them, ports, names, and the namespaces that are not podman's default. */
export function networkFlags(raw: unknown): readonly string[] {
  const mode = textAt(raw, 'HostConfig', 'NetworkMode');
  const names = networkNames(raw);
  const networks =
    names.length > 0
      ? names.map((name) => `--network=${oneNetwork(raw, name)}`)
      : mode === '' || mode === 'bridge'
        ? []
        : [`--network=${mode}`];
  const spaces = [
    ['--pid', 'PidMode', 'private'],
    ['--ipc', 'IpcMode', 'shareable'],
    ['--uts', 'UTSMode', 'private'],
    ['--cgroupns', 'CgroupMode', ''],
  ].flatMap(([flag = '', key = '', usual]) => {
    const value = textAt(raw, 'HostConfig', key);
    return value === '' || value === usual ? [] : [`${flag}=${value}`];
  });
  return [...networks, ...portFlags(raw), ...nameFlags(raw), ...spaces];
}
