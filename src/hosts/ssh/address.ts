/** An address as written: `[user@]host[:port]`, an alias, or an IPv6 address in brackets. */
export interface Address {
  readonly user?: string;
  readonly name: string;
  readonly port?: number;
}

const ADDRESS =
  /^(?:(?<user>[^@\s]+)@)?(?:\[(?<v6>[\w:.%]+)\]|(?<name>[^@\s:[\]]+))(?::(?<port>\d{1,5}))?$/;

/** An IPv6 address without brackets: more colons than a host and a port could have. */
const BARE_V6 = /^(?:(?<user>[^@\s]+)@)?(?<name>[0-9A-Fa-f]*(?::[0-9A-Fa-f.]*){2,}(?:%\w+)?)$/;

const optionLike = (word: string | undefined): boolean => word?.startsWith('-') === true;

/** Nothing when it is absent, `NaN` when it is none. */
export function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : Number.NaN;
}

function assemble(user: string | undefined, name: string, port: number | undefined): Address {
  return {
    name,
    ...(user === undefined ? {} : {user}),
    ...(port === undefined ? {} : {port}),
  };
}

export function parseAddress(text: string): Address | undefined {
  const groups = (ADDRESS.exec(text) ?? BARE_V6.exec(text))?.groups;
  if (groups === undefined) return undefined;
  const {user, v6, name = v6} = groups;
  const port = portOf(groups['port']);
  if (name === undefined || Number.isNaN(port)) return undefined;
  return optionLike(name) || optionLike(user) ? undefined : assemble(user, name, port);
}
