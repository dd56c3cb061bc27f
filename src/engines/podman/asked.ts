import {asRecord, asTexts, at, isRecord, textAt, textsAt} from '../../base/json.js';

/** What was asked of a network when the container was made, as far as podman tells. */
export interface AskedNetwork {
  readonly ips: readonly string[];
  readonly mac?: string;
  readonly aliases: readonly string[];
  readonly interfaceName?: string;
}

/**
 * The words of `podman run …` that made the container, without the ones that are the program's own:
 * those could look like options too. Empty when it was made through podman's API.
 */
export function createWords(raw: unknown): readonly string[] {
  const words = textsAt(raw, 'Config', 'CreateCommand');
  const program = textsAt(raw, 'Config', 'Cmd');
  const head = words.length - program.length;
  const same = program.every((word, index) => words[head + index] === word);
  return same && head > 0 ? words.slice(0, head) : words;
}

/** The values of an option, given as `--name value` or `--name=value`, in order. */
export function optionValues(words: readonly string[], ...names: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    for (const name of names) {
      if (word.startsWith(`${name}=`)) return [word.slice(name.length + 1)];
      const next = words[index + 1];
      if (word === name && next !== undefined) return [next];
    }
    return [];
  });
}

const empty: AskedNetwork = {ips: [], aliases: []};

function readOptions(options: string): AskedNetwork {
  const pairs = options.split(',').map((each) => {
    const cut = each.indexOf('=');
    return cut < 0 ? (['', ''] as const) : ([each.slice(0, cut), each.slice(cut + 1)] as const);
  });
  const values = (...keys: readonly string[]): string[] =>
    pairs.filter(([key]) => keys.includes(key)).map(([, value]) => value);
  const mac = values('mac')[0];
  const interfaceName = values('interface_name')[0];
  return {
    ips: values('ip', 'ip6'),
    aliases: values('alias'),
    ...(mac === undefined ? {} : {mac}),
    ...(interfaceName === undefined ? {} : {interfaceName}),
  };
}

/** `bridge` and `default` mean podman's default network, whatever its name: here ''. */
function readNetworkWord(value: string): [string, AskedNetwork][] {
  return (value.includes(':') ? [value] : value.split(',')).map((each) => {
    const [name = '', ...rest] = each.split(':');
    const known = name === 'bridge' || name === 'default' ? '' : name;
    return [known, rest.length === 0 ? empty : readOptions(rest.join(':'))];
  });
}

/** From the words of the command line: by network name, '' for the one that was not named. */
function fromWords(words: readonly string[]): Map<string, AskedNetwork> {
  const asked = new Map(optionValues(words, '--network', '--net').flatMap(readNetworkWord));
  // the options without a network's name go to the first one
  const first = [...asked.keys()][0] ?? '';
  const before = asked.get(first) ?? empty;
  const mac = optionValues(words, '--mac-address')[0] ?? before.mac;
  asked.set(first, {
    ...before,
    ips: [...before.ips, ...optionValues(words, '--ip', '--ip6')],
    aliases: [...before.aliases, ...optionValues(words, '--network-alias')],
    ...(mac === undefined ? {} : {mac}),
  });
  return asked;
}

/** From `podman generate spec`, which the first look adds for containers made through the API. */
function fromSpec(spec: unknown): Map<string, AskedNetwork> {
  return new Map(
    Object.entries(asRecord(at(spec, 'Networks') ?? at(spec, 'networks'))).map(
      ([name, network]) => {
        const mac = textAt(network, 'static_mac');
        return [
          name,
          {
            ips: textsAt(network, 'static_ips'),
            aliases: textsAt(network, 'aliases'),
            ...(mac === '' ? {} : {mac}),
          },
        ];
      },
    ),
  );
}

/** A network that was joined after the container was made: what it has now is taken as asked for. */
function fromNow(network: unknown): AskedNetwork {
  const ips = [textAt(network, 'IPAddress'), textAt(network, 'GlobalIPv6Address')];
  const mac = textAt(network, 'MacAddress');
  return {
    ips: ips.filter((ip) => ip !== ''),
    aliases: textsAt(network, 'Aliases'),
    ...(mac === '' ? {} : {mac}),
  };
}

/** An address that goes along keeps the MAC that its neighbours have in their caches, whoever chose it. */
function withMac(asked: AskedNetwork, network: unknown): AskedNetwork {
  const mac = textAt(network, 'MacAddress');
  return asked.ips.length === 0 || asked.mac !== undefined || mac === '' ? asked : {...asked, mac};
}

/**
 * What was asked of each network the container is in. `podman inspect` tells addresses but not who
 * chose them, so the command line that made the container is read; a network that it does not name
 * was joined later, and there it is safer to keep the address than to lose one that matters.
 */
export function askedNetworks(raw: unknown): ReadonlyMap<string, AskedNetwork> {
  const networks = Object.entries(asRecord(at(raw, 'NetworkSettings', 'Networks')));
  const spec = at(raw, 'Spec');
  if (isRecord(spec)) {
    const asked = fromSpec(spec);
    return new Map(
      networks.map(([name, network]) => [name, withMac(asked.get(name) ?? empty, network)]),
    );
  }
  const words = createWords(raw);
  const asked = words.length === 0 ? new Map<string, AskedNetwork>() : fromWords(words);
  // The one that was not named is podman's default, whatever that is called on this host.
  const unnamed = asked.get('');
  const rest = networks.filter(([name]) => !asked.has(name));
  const usual = rest.find(([name]) => name === 'podman') ?? rest[0];
  return new Map(
    networks.map(([name, network]) => {
      const known = asked.get(name);
      if (known !== undefined) return [name, withMac(known, network)];
      if (unnamed !== undefined && usual?.[0] === name) return [name, withMac(unnamed, network)];
      return [name, words.length === 0 ? empty : fromNow(network)];
    }),
  );
}

/** Device nodes that were asked for, as `host[:container[:rights]]`. */
export function askedDevices(raw: unknown): readonly string[] {
  const spec = at(raw, 'Spec', 'host_device_list');
  if (Array.isArray(spec)) {
    return asTexts(spec.map((each) => at(each, 'path'))).filter((path) => path !== '');
  }
  return optionValues(createWords(raw), '--device');
}
